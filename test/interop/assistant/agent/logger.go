package main

import (
	"log/slog"
	"os"

	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
)

// logger is what the agent needs of whichever logging library it was set up with.
type logger interface {
	Info(message string, fields ...any)
	Error(message string, err error, fields ...any)
	Fatal(message string, err error)
}

func newLogger(library string) logger {
	switch library {
	case "slog":
		return slogLogger{slog.New(slog.NewTextHandler(os.Stderr, nil))}
	case "logrus":
		return logrusLogger{logrus.New()}
	}
	production, err := zap.NewProduction()
	if err != nil {
		panic(err)
	}
	return zapLogger{production.WithOptions(zap.AddCallerSkip(1)).Sugar()}
}

type zapLogger struct{ *zap.SugaredLogger }

func (l zapLogger) Info(message string, fields ...any) { l.Infow(message, fields...) }
func (l zapLogger) Error(message string, err error, fields ...any) {
	l.Errorw(message, append(fields, zap.Error(err))...)
}
func (l zapLogger) Fatal(message string, err error) { l.Fatalw(message, zap.Error(err)) }

type slogLogger struct{ *slog.Logger }

func (l slogLogger) Error(message string, err error, fields ...any) {
	l.Logger.Error(message, append(fields, "err", err)...)
}
func (l slogLogger) Fatal(message string, err error) {
	l.Error(message, err)
	os.Exit(1)
}

type logrusLogger struct{ *logrus.Logger }

func (l logrusLogger) Info(message string, fields ...any) {
	l.WithFields(logrusFields(fields)).Info(message)
}
func (l logrusLogger) Error(message string, err error, fields ...any) {
	l.WithFields(logrusFields(fields)).WithError(err).Error(message)
}
func (l logrusLogger) Fatal(message string, err error) { l.WithError(err).Fatal(message) }

func logrusFields(pairs []any) logrus.Fields {
	fields := logrus.Fields{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			fields[name] = pairs[i+1]
		}
	}
	return fields
}
