import asyncio
import threading

from engine.errors import Cancelled
from engine.ticket import Drawing, Failed, Finished, News, Ticket, Waiting
from tests.fakes import draw


def ticket() -> Ticket:
    return Ticket(draw(), lambda stopped: stopped.tell(Failed(Cancelled())))


async def collect(of: Ticket) -> list[News]:
    return [news async for news in of.news()]


async def test_the_slot_holds_the_newest_news_only() -> None:
    one = ticket()
    for done in range(100):
        one.tell(Drawing(done, 100, None, ()))
    news = one.news()
    assert await anext(news) == Drawing(99, 100, None, ())
    one.tell(Waiting(1, None))
    one.tell(Finished((), 1.0))
    assert await anext(news) == Finished((), 1.0)


async def test_every_news_is_read_once_by_a_reader_who_keeps_up() -> None:
    one, read = ticket(), list[News]()
    told: list[News] = [Waiting(2, None), Waiting(1, None), Drawing(1, 2, 1.0, ()), Finished((), 1.0)]
    news = one.news()
    for each in told:
        one.tell(each)
        read.append(await anext(news))
    assert read == told
    assert [each async for each in news] == []


async def test_nothing_follows_the_final_news() -> None:
    one = ticket()
    one.tell(Finished((), 1.0))
    one.tell(Failed(Cancelled()))
    one.tell(Waiting(1, None))
    assert one.ended
    assert await collect(one) == [Finished((), 1.0)]


async def test_cancel_asks_once_and_is_harmless_after_the_end() -> None:
    asked: list[Ticket] = []

    def stop(stopped: Ticket) -> None:
        asked.append(stopped)
        stopped.tell(Failed(Cancelled()))

    one = Ticket(draw(), stop)
    one.cancel()
    one.cancel()
    (news,) = await collect(one)
    assert isinstance(news, Failed)
    assert isinstance(news.error, Cancelled)
    assert asked == [one]


async def test_unread_says_whether_somebody_has_taken_the_news() -> None:
    one = ticket()
    assert not one.unread
    one.tell(Waiting(1, None))
    assert one.unread
    await anext(one.news())
    assert not one.unread
    assert one.latest == Waiting(1, None)


async def test_news_told_from_many_threads_ends_with_the_final_one() -> None:
    one, ended = ticket(), asyncio.Event()
    one._when_ended = lambda _: ended.set()

    def chatter() -> None:
        for done in range(200):
            one.tell(Drawing(done, 200, None, ()))
        one.tell(Finished((), 1.0))

    reading = asyncio.create_task(collect(one))
    threads = [threading.Thread(target=chatter) for _ in range(4)]
    for thread in threads:
        thread.start()
    read = await reading
    for thread in threads:
        await asyncio.to_thread(thread.join)
    await ended.wait()
    assert read[-1] == Finished((), 1.0)
    assert sum(isinstance(news, Finished) for news in read) == 1


def test_a_ticket_whose_loop_has_closed_is_told_in_vain() -> None:
    async def make() -> Ticket:
        return ticket()

    one = asyncio.run(make())
    one.tell(Waiting(1, None))
    assert one.latest == Waiting(1, None)
