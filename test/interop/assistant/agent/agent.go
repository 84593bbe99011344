package main

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"assistant/agent/pb"
)

type agent struct {
	pb.UnimplementedAgentServer
	log     logger
	model   *modelClient
	timeout time.Duration
}

// Chat streams the answer of the model.
func (a *agent) Chat(req *pb.ChatRequest, stream pb.Agent_ChatServer) error {
	ctx, cancel := context.WithTimeout(stream.Context(), a.timeout)
	defer cancel()

	requestID := ""
	if values := metadata.ValueFromIncomingContext(ctx, "x-request-id"); len(values) > 0 {
		requestID = values[0]
	}
	started := time.Now()
	a.log.Info("chat started", "request_id", requestID, "conversation", req.GetConversationId())

	chunks := 0
	err := a.model.complete(ctx, requestID, req.GetPrompt(), func(text string) error {
		chunks++
		return stream.Send(&pb.ChatChunk{Text: text})
	})
	if err != nil {
		a.log.Error("chat failed", err, "request_id", requestID, "chunks", chunks)
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return status.Error(codes.DeadlineExceeded, err.Error())
		case errors.Is(err, context.Canceled):
			return status.Error(codes.Canceled, err.Error())
		}
		return status.Errorf(codes.Unavailable, "model: %v", err)
	}
	a.log.Info("chat finished", "request_id", requestID, "chunks", chunks, "duration", time.Since(started).String())
	return nil
}
