import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import torch
from aiohttp import web
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from engine.errors import BrokenWeights, EngineClosed, ModelNotFound, WriteFailed
from engine.models import hub
from engine.models.text import Text
from engine.writer import LocalWriter, RemoteWriter

torch.set_num_threads(1)

TEMPLATE = "{% for message in messages %}{{ message['role'] }} {{ message['content'] }} {% endfor %}"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A language model of a real class, randomly initialised, that speaks in single letters."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    folder = tmp_path_factory.mktemp("text")
    letters = {letter: at for at, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    inner = Tokenizer(models.BPE(vocab=letters, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    PreTrainedTokenizerFast(tokenizer_object=inner, chat_template=TEMPLATE).save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(letters), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def test_a_model_of_transformers_answers_the_same_each_time(small: Path) -> None:
    model = Text(small, name="small", device="cpu")
    answer = model.write("Be brief.", "darker", 8)
    assert 0 < len(answer.encode()) <= 8 * 4
    assert model.write("Be brief.", "darker", 8) == answer
    assert model.write("Be brief.", "brighter, and with a very long tail", 8) != answer


async def test_a_local_writer_opens_its_model_once_and_tries_again_after_a_failure(small: Path) -> None:
    opened: list[int] = []

    def open_text() -> Text:
        opened.append(1)
        if len(opened) == 1:
            raise BrokenWeights("small", "cut off")
        return Text(small, name="small", device="cpu")

    writer = LocalWriter("small", open_text)
    with pytest.raises(BrokenWeights):
        await writer.write("a", "b")
    assert await writer.write("a", "b") == await writer.write("a", "b")
    assert len(opened) == 2
    await writer.close()
    with pytest.raises(EngineClosed):
        await writer.write("a", "b")


async def test_what_a_model_raises_is_worded_as_ours() -> None:
    class Broken:
        def write(self, instructions: str, text: str, longest: int) -> str:
            raise RuntimeError("no room")

    writer = LocalWriter("broken", Broken)
    with pytest.raises(WriteFailed, match="no room"):
        await writer.write("a", "b")
    await writer.close()


def test_a_name_that_is_nowhere_is_not_found(tmp_path: Path) -> None:
    for name in ("gone", "../gone", "/gone", "~/gone"):
        with pytest.raises(ModelNotFound):
            hub.find(name, tmp_path)


@asynccontextmanager
async def chat_server(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    try:
        yield f"http://127.0.0.1:{port}/v1/"
    finally:
        await runner.cleanup()


async def test_a_server_is_asked_in_the_chat_protocol() -> None:
    asked: list[dict[str, object]] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append({"key": request.headers.get("Authorization"), **json.loads(await request.text())})
        return web.json_response({"choices": [{"message": {"role": "assistant", "content": "[]"}}]})

    async with chat_server(answer) as address:
        assert await RemoteWriter("qwen", address, "secret").write("Be brief.", "darker") == "[]"
        assert await RemoteWriter("qwen", address).write("Be brief.", "darker") == "[]"
    assert asked[0]["model"] == "qwen"
    assert asked[0]["key"] == "Bearer secret"
    assert asked[1]["key"] is None
    assert asked[0]["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "darker"},
    ]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, "{}"),
        (401, "{}"),
        (302, "{}"),
        (200, "not json"),
        (200, "[]"),
        (200, '{"choices": []}'),
        (200, "{" * 2**21),
    ],
)
async def test_a_server_that_does_not_answer_as_it_should_is_an_error(status: int, body: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body, headers={"Location": "/elsewhere"} if status == 302 else None)

    async with chat_server(answer) as address:
        with pytest.raises(WriteFailed):
            await RemoteWriter("qwen", address).write("a", "b")


async def test_a_server_that_is_not_there_is_an_error() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response()

    async with chat_server(answer) as address:
        pass
    with pytest.raises(WriteFailed):
        await asyncio.wait_for(RemoteWriter("qwen", address).write("a", "b"), 30)
