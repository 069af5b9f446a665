"""What every Stepper and every Whole promises (engine/stepper.py). Tests give a model and inherit these."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.errors import BadJob, Cancelled, LoraNotFound
from engine.jobs import Draw, Lora, Pixels
from engine.stepper import Row, Stepper, Whole
from tests.fakes import draw

NEARLY = 2
"""Of 255: how far a channel of a picture drawn in company may be from the same picture drawn alone."""


def job_for(model: Stepper | Whole, id: str = "job", **settings: Any) -> Draw:
    """A small job that the model can do."""
    card = model.card
    ordinary: dict[str, Any] = {
        "model": card.name,
        "width": card.width,
        "height": card.height,
        "scheduler": card.schedulers[0],
    }
    words: dict[str, Any] = {"steps": 3, "words": "a red heart"}
    return draw(id, **(words | ordinary | settings))


def alone(model: Stepper, job: Draw, index: int = 0) -> Pixels:
    """A picture of a job, drawn with nobody else around."""
    (row,) = model.open(replace(job, seeds=(job.seeds[index],)))
    while row.left:
        model.step([row])
    (picture,) = model.decode([row])
    return picture


def near(one: Pixels, other: Pixels) -> bool:
    """Whether two pictures are the same to the eye."""
    return one.shape == other.shape and int(np.abs(one.astype(int) - other.astype(int)).max()) <= NEARLY


class OpenContract:
    """What both kinds promise of `open` and `notes`."""

    def test_opening_gives_one_row_a_picture_in_the_order_of_the_seeds(self, model: Stepper | Whole) -> None:
        job = job_for(model, seeds=(7, 8, 9), guidance_scale=5.0)
        rows = model.open(job)
        assert [row.index for row in rows] == [0, 1, 2]
        assert all(row.job is job and row.done == 0 and row.left == row.steps >= 1 for row in rows)
        assert {row.slots for row in rows} == {2}
        assert len({row.key for row in rows}) == 1

    def test_without_guidance_a_row_takes_one_slot(self, model: Stepper | Whole) -> None:
        (row,) = model.open(job_for(model, guidance_scale=1.0))
        assert row.slots == 1

    def test_what_differs_in_shape_shares_no_key(self, model: Stepper | Whole) -> None:
        wide = job_for(model, width=model.card.width + 2 * model.card.multiple)
        assert model.open(job_for(model))[0].key != model.open(wide)[0].key

    def test_a_start_picture_saves_the_steps_that_its_strength_leaves_out(self, model: Stepper | Whole) -> None:
        start = np.full((40, 60, 3), 200, np.uint8)
        (row,) = model.open(job_for(model, steps=10, start=start, strength=0.5))
        assert 4 <= row.steps <= 6

    @pytest.mark.parametrize("settings", [{"scheduler": "no such scheduler"}, {"width": 63}])
    def test_what_the_model_cannot_do_is_refused_by_its_name(
        self, model: Stepper | Whole, settings: dict[str, Any]
    ) -> None:
        with pytest.raises(BadJob) as refused:
            model.open(job_for(model, **settings))
        assert refused.value.setting in settings

    def test_an_adapter_that_is_not_there_is_refused_by_its_name(self, model: Stepper | Whole) -> None:
        with pytest.raises(LoraNotFound, match="no such adapter"):
            model.open(job_for(model, loras=(Lora("no such adapter"),)))

    def test_short_words_need_no_note(self, model: Stepper | Whole) -> None:
        assert model.notes(job_for(model)) == []


class StepperContract(OpenContract):
    """Give a fixture `model`."""

    def test_a_step_advances_each_row_by_one_call(self, model: Stepper) -> None:
        rows = [*model.open(job_for(model, seeds=(1, 2), steps=3)), *model.open(job_for(model, "other", steps=5))]
        model.step(rows)
        assert [row.done for row in rows] == [1, 1, 1]
        model.step(rows[1:])
        assert [row.done for row in rows] == [1, 2, 2]

    def test_rows_join_and_leave_and_each_is_as_if_it_were_alone(self, model: Stepper) -> None:
        schedulers = model.card.schedulers
        first = job_for(model, "first", seeds=(1, 2), steps=5, guidance_scale=5.0)
        second = job_for(model, "second", seeds=(3,), steps=2, scheduler=schedulers[1], words="a blue star")
        third = job_for(model, "third", seeds=(1,), steps=3, words="a green tree", guidance_scale=2.0)
        rows = model.open(first)
        model.step(rows)
        rows += model.open(second)
        model.step(rows)
        rows += model.open(third)
        while any(row.left for row in rows):
            model.step([row for row in rows if row.left])
        pictures = model.decode(rows)
        for row, picture in zip(rows, pictures, strict=True):
            assert picture.shape == (row.job.height, row.job.width, 3)
            assert picture.dtype == np.uint8
            assert near(picture, alone(model, row.job, row.index)), row

    def test_the_order_and_company_of_rows_do_not_matter(self, model: Stepper) -> None:
        job = job_for(model, seeds=(1, 2, 3), steps=2)
        rows = model.open(job)
        while rows[0].left:
            model.step(rows[::-1])
        left = model.decode(rows[::-1])[::-1]
        assert all(near(picture, alone(model, job, index)) for index, picture in enumerate(left))

    def test_rows_left_lying_do_not_disturb_others(self, model: Stepper) -> None:
        job = job_for(model, steps=3)
        before = alone(model, job)
        abandoned = model.open(job_for(model, "abandoned", seeds=(5, 6), guidance_scale=5.0))
        model.step(abandoned)
        assert near(before, alone(model, job))

    def test_an_exact_job_gives_the_same_bits_each_time(self, model: Stepper) -> None:
        job = job_for(model, steps=2, exact=True, guidance_scale=5.0)
        assert np.array_equal(alone(model, job), alone(model, job))

    def test_a_preview_is_small_and_changes_nothing(self, model: Stepper) -> None:
        job = job_for(model, steps=2)
        (row,) = model.open(job)
        while row.left:
            model.step([row])
            preview = model.preview(row)
            assert preview.dtype == np.uint8
            assert preview.shape[2] == 3
            assert preview.shape[0] < job.height
        assert near(model.decode([row])[0], alone(model, job))

    def test_stopping_early_saves_calls(self, model: Stepper) -> None:
        assert model.open(job_for(model, steps=10, stop=50))[0].steps < model.open(job_for(model, steps=10))[0].steps


class WholeContract(OpenContract):
    """Give a fixture `model`."""

    def test_pictures_come_in_the_order_of_the_rows_and_each_is_as_if_it_were_alone(self, model: Whole) -> None:
        rows = model.open(job_for(model, seeds=(1, 2), guidance_scale=5.0))
        done: list[int] = []
        pictures = model.run(rows, _watch(rows, done))
        assert [row.left for row in rows] == [0, 0]
        assert done == list(range(1, rows[0].steps + 1))
        for seed, picture in zip((1, 2), pictures, strict=True):
            (row,) = model.open(job_for(model, seeds=(seed,), guidance_scale=5.0))
            assert near(picture, model.run([row], lambda preview: True)[0])

    def test_a_run_ends_at_the_step_that_says_stop(self, model: Whole) -> None:
        rows = model.open(job_for(model, steps=5))
        done: list[int] = []
        watch = _watch(rows, done)
        with pytest.raises(Cancelled):
            model.run(rows, lambda preview: watch(preview) and len(done) < 2)
        assert done == [1, 2]


def _watch(rows: Sequence[Row], done: list[int]) -> Callable[[Callable[[int], Pixels] | None], bool]:
    def after_step(preview: Callable[[int], Pixels] | None) -> bool:
        done.append(rows[0].done)
        assert preview is None or all(preview(at).shape[2] == 3 for at in range(len(rows)))
        return True

    return after_step
