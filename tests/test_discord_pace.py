"""Calls are evenly spaced, whoever makes them; answers to interactions never wait."""

import asyncio

from aiohttp import ClientSession, web

from adapters.discord.pace import Turns


class Time:
    """Passes when somebody waits for it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


async def test_calls_take_turns_and_say_when_too_many_wait() -> None:
    time = Time()
    pace = Turns(10, time, time.sleep)
    gone: list[float] = []

    async def call() -> None:
        await pace.turn()
        gone.append(round(time.now, 1))

    calls = [asyncio.create_task(call()) for _ in range(12)]
    await asyncio.sleep(0)  # all have asked
    assert pace.behind
    await asyncio.gather(*calls)
    assert gone == [round(0.1 * number, 1) for number in range(12)]
    assert not pace.behind
    time.now = 60.0
    await call()
    assert gone[-1] == 60.0


async def test_every_call_of_the_library_takes_its_turn_but_answers_to_interactions() -> None:
    turns = 0

    class Counting(Turns):
        async def turn(self) -> None:
            nonlocal turns
            turns += 1

    async def answer(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        host = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with ClientSession(trace_configs=[Counting(1).trace(f"{host}/api/v10")]) as session:
            for path in ("channels/1/messages", "interactions/1/abc/callback", "webhooks/1/abc/messages/@original"):
                async with session.post(f"{host}/api/v10/{path}"):
                    pass
            async with session.get(f"{host}/attachments/1/2/a.png"):
                pass
        assert turns == 1
    finally:
        await runner.cleanup()
