// Package cancellog logs why a stream was ended before its handler was done.
package cancellog

import (
	"context"
	"log/slog"

	"github.com/cloudwego/kitex/pkg/endpoint/sep"
	"github.com/cloudwego/kitex/pkg/rpcinfo"
	"github.com/cloudwego/kitex/pkg/streaming"
)

// Server is for server.WithStreamOptions(server.WithStreamMiddleware(...)).
// Only the context that Kitex gives to a handler says who cancelled: contexts
// that are made of it, and errors of calls with those, say that this service did.
func Server(service string, log *slog.Logger) sep.StreamMiddleware {
	return func(next sep.StreamEndpoint) sep.StreamEndpoint {
		return func(ctx context.Context, st streaming.ServerStream) error {
			err := next(ctx, st)
			if reason := ctx.Err(); reason != nil {
				log.WarnContext(ctx, "stream ended by its caller", "service", service,
					"method", rpcinfo.GetRPCInfo(ctx).To().Method(), "error", reason.Error())
			}
			return err
		}
	}
}
