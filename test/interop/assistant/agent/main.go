// The agent of the assistant: a gRPC service that asks a model over HTTP and passes its tokens on.
package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"google.golang.org/grpc"

	"assistant/agent/pb"
)

func env(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

func main() {
	log := newLogger(env("LOGGER", "zap"))
	stopTracing, err := startTracing(context.Background())
	if err != nil {
		log.Fatal("cannot start tracing", err)
	}

	var options []grpc.ServerOption
	transport := http.DefaultTransport
	if tracing() {
		options = append(options, grpc.StatsHandler(otelgrpc.NewServerHandler()))
		transport = otelhttp.NewTransport(transport)
	}
	timeout, err := time.ParseDuration(env("MODEL_TIMEOUT", "2m"))
	if err != nil {
		log.Fatal("bad MODEL_TIMEOUT", err)
	}
	model := &modelClient{url: os.Getenv("MODEL_URL"), http: &http.Client{Transport: transport}}

	address := env("LISTEN", "127.0.0.1:50051")
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal("cannot listen", err)
	}
	server := grpc.NewServer(options...)
	pb.RegisterAgentServer(server, &agent{log: log, model: model, timeout: timeout})

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	go func() {
		<-ctx.Done()
		log.Info("shutting down")
		server.GracefulStop()
	}()
	log.Info("gRPC server listening", "address", address)
	if err := server.Serve(listener); err != nil {
		log.Fatal("server failed", err)
	}
	flush, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := stopTracing(flush); err != nil {
		log.Error("cannot flush spans", err)
	}
}
