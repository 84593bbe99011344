package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// modelClient speaks to the model's HTTP API, which answers with server-sent events.
type modelClient struct {
	url  string
	http *http.Client
}

// complete calls onText with every token. It ends with the stream, or fails with it.
func (m *modelClient) complete(ctx context.Context, requestID, prompt string, onText func(string) error) error {
	body, err := json.Marshal(map[string]any{"prompt": prompt, "stream": true})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url+"/v1/completions", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if requestID != "" {
		req.Header.Set("X-Request-ID", requestID)
	}
	res, err := m.http.Do(req)
	if err != nil {
		return fmt.Errorf("calling model: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("model answered %s", res.Status)
	}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		data, found := strings.CutPrefix(lines.Text(), "data: ")
		if !found {
			continue
		}
		if data == "[DONE]" {
			return nil
		}
		var token struct {
			Text string `json:"text"`
		}
		if err := json.Unmarshal([]byte(data), &token); err != nil {
			return fmt.Errorf("decoding model event: %w", err)
		}
		if err := onText(token.Text); err != nil {
			return fmt.Errorf("sending chunk: %w", err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading model stream: %w", err)
	}
	return fmt.Errorf("model stream ended early")
}
