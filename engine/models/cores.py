"""How many cores a model on the CPU computes with."""

import os

import torch


def spare_one() -> None:
    """Leave one core free, unless OMP_NUM_THREADS says how many to take.

    OpenMP's threads wait for each other at every operation, so with as many threads as cores a single other program
    holds up all of them: on two cores with one busy elsewhere, two threads were seen to be 20 times slower than one.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, (os.cpu_count() or 1) - 1))
