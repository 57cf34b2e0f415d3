"""The engine over HTTP against a server that speaks the protocol, well and badly."""

import json
import math
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from spice_fast.errors import EngineError
from spice_fast.mini.tokenizer import build_tokenizer
from spice_fast.records import Prompt
from spice_fast.rollouts import ServedEngine


@pytest.fixture
def serve():
    """Starts a server: ``serve(answer)`` gives its URL; ``answer(request)`` gives ``(status, content, reason)``."""
    servers = []

    def start(answer):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, content, reason = answer(request)
                choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", "content": content}}
                body = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
                data = json.dumps(body if status == 200 else {"error": {"message": content}}).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/v1"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def engine(url, **options):
    return ServedEngine(url=url, model="m", tokenizer=build_tokenizer(), **options)


def ask(served, contents, seeds=None):
    prompts = [Prompt([1, 2], [("system", "be brief"), ("user", content)]) for content in contents]
    return served.generate(prompts, seeds or range(len(prompts)), max_new_tokens=7, temperature=0.5)


def test_messages_and_sampling_go_out_and_the_text_comes_back_word_for_word(serve):
    seen = []

    def answer(request):
        seen.append(request)
        return 200, f"told: {request['messages'][1]['content']}", "stop"

    completions = ask(engine(serve(answer)), ["lamp", "stone", "moon"], [5, 6, 7])
    assert [completion.text for completion in completions] == ["told: lamp", "told: stone", "told: moon"]
    first = next(request for request in seen if request["seed"] == 5)
    assert first["messages"] == [{"role": "system", "content": "be brief"}, {"role": "user", "content": "lamp"}]
    assert (first["model"], first["max_tokens"], first["temperature"], first["top_p"]) == ("m", 7, 0.5, 1.0)


def test_token_ids_are_the_policys_and_nobody_can_train_on_them(serve):
    tokenizer = build_tokenizer()
    stopped, cut = (ask(engine(serve(lambda request, r=reason: (200, "lamp 3", r))), ["x"])[0]
                    for reason in ("stop", "length"))  # fmt: skip
    assert stopped.token_ids == [*tokenizer.encode("lamp 3"), tokenizer.eos_token_id]
    assert cut.token_ids == tokenizer.encode("lamp 3")
    assert all(math.isnan(value) for value in stopped.logprobs)


def test_a_busy_server_is_asked_again(serve):
    statuses = iter([503, 429, 200])
    url = serve(lambda request: (next(statuses), "lamp", "stop"))
    assert ask(engine(url), ["x"])[0].text == "lamp"


@pytest.mark.parametrize(("status", "named"), [(500, "Error code: 500"), (404, "Error code: 404")])
def test_a_failure_is_an_error_and_never_an_empty_text(serve, status, named):
    url = serve(lambda request: (status, "no such model", "stop"))
    with pytest.raises(EngineError, match=rf"{url}, model m: {named}[\s\S]*\nhint: "):
        ask(engine(url, num_retries=1), ["x"])


def test_a_text_that_the_server_broke_off_is_an_error(serve):
    url = serve(lambda request: (200, "la", "content_filter"))
    with pytest.raises(EngineError, match="ended a text with 'content_filter'"):
        ask(engine(url), ["x"])


def test_nobody_there_is_an_error(serve):
    with pytest.raises(EngineError, match="Connection error"):
        ask(engine("http://127.0.0.1:9/v1", num_retries=0), ["x"])


def test_a_model_that_wrote_nothing_has_written_its_end_token(serve):
    completion = ask(engine(serve(lambda request: (200, None, "length"))), ["x"])[0]
    assert (completion.text, completion.token_ids) == ("", [build_tokenizer().eos_token_id])
