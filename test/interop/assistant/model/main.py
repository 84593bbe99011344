"""The model of the assistant: an HTTP API that streams tokens as server-sent events."""

import asyncio
import json
import logging
import os

from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
logger = logging.getLogger("model")

TOKENS = int(os.environ.get("TOKENS", "200"))
TOKEN_INTERVAL = float(os.environ.get("TOKEN_INTERVAL", "0.05"))

app = FastAPI()


class Completion(BaseModel):
    prompt: str
    stream: bool = True


async def generate(prompt: str, request_id: str):
    sent = 0
    try:
        for sent in range(1, TOKENS + 1):
            yield f"data: {json.dumps({'text': f'token {sent} '})}\n\n"
            await asyncio.sleep(TOKEN_INTERVAL)
        yield "data: [DONE]\n\n"
        logger.info("[%s] generated %d tokens", request_id, sent)
    except asyncio.CancelledError:
        logger.warning("[%s] generation cancelled after %d tokens", request_id, sent)
        raise


@app.post("/v1/completions")
async def completions(completion: Completion, request: Request):
    request_id = request.headers.get("x-request-id", "-")
    logger.info("[%s] completion of %d characters", request_id, len(completion.prompt))
    return StreamingResponse(generate(completion.prompt, request_id), media_type="text/event-stream")
