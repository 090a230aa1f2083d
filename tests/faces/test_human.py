"""Whether a face is a person's, by the direction of its vector."""

from __future__ import annotations

import numpy as np
import pytest

from avatar.faces import human, identity, yunet
from tests.faces.test_stylised import drawn_head


def test_the_direction_is_of_128_numbers_and_of_length_one() -> None:
    direction = identity.unpacked(human.DIRECTION)
    assert direction.shape == (128,)
    assert human.score(direction) == pytest.approx(1.0, abs=1e-3)
    assert human.score(-direction) == pytest.approx(-1.0, abs=1e-3)


def test_a_drawn_head_may_be_a_persons_and_what_is_no_face_is_not() -> None:
    (face,) = yunet.process_yunet().detect(drawn_head())
    assert human.score_of(drawn_head(), face)[0] > human.LEAST
    scribble = np.random.default_rng(1).integers(0, 256, (512, 512, 3), np.uint8)
    assert human.score_of(scribble, face)[0] < human.LEAST
