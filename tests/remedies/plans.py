"""Plans for the tables of remedies, the commands that check and train, and trainings that fail or succeed."""

from __future__ import annotations

import shutil

from tests.remedies.place import Obey, Place, Said, Wrong
from tests.remedies.rows_of_pictures import judged, prepared
from tests.stages.test_image_processor import add, drawn

PLAN = ("--gpu", "rtx3060_12gb", "--set", "steps=4", "save_state=no")
LONG = ("--gpu", "rtx3060_12gb", "--set", "steps=40", "save_every_n_steps=10")
CHECK = ("train", "ana", "--dry-run")
TRAIN = ("train", "ana")
CONFIGURE = ("configure", "ana")


def configured(*words: str) -> Wrong:
    return lambda place: place.do(*CONFIGURE, *(words or PLAN))


def failing(mode: str, *plan: str, **environment: str) -> Wrong:
    """The trainer fails in a way of its own from now on."""

    def fail(place: Place) -> None:
        place.do(*CONFIGURE, *(plan or LONG))
        place.patch.setenv("FAKE_TRAINER_FAIL", mode)
        for name, value in environment.items():
            place.patch.setenv(f"FAKE_TRAINER_{name}", value)

    return fail


def healed(place: Place, said: Said) -> None:
    """What was outside of the program is in order again."""
    place.patch.delenv("FAKE_TRAINER_FAIL")


def healed_by(*words: str) -> Obey:
    """Run the command that is told; what the stand-in cannot know (it fails whatever it is given) is then in order."""

    def obey(place: Place, said: Said) -> None:
        place.do(*words)
        healed(place, said)

    return obey


def says(message: str, unless: str, *plan: str) -> Wrong:
    """The trainer fails with these words unless the arguments it is started with match: those that the remedy makes."""
    return failing("says", *(plan or LONG), SAYS=message, UNLESS=unless)


def says_of_dataset(message: str) -> Wrong:
    """The trainer fails with these words until the dataset is prepared again."""

    def fail(place: Place) -> None:
        for number in range(4):
            add(place.client, drawn((240 + 20 * number, 200, 360, 450)), f"{number}.png")
        prepared(place)
        says(message, "^$")(place)

    return fail


def doctor_helps(place: Place, said: Said) -> None:
    """Do what the doctor says, as the text asks for: at most four times, each with a training."""
    for _ in range(4):
        place.do("doctor", "ana", "--fix", "memory" if "gpu_memory" in str(said.keys) else "nan")
        if place.tell(*TRAIN).code == 0:
            return


def failed_once(mode: str, *plan: str, step: int = 25) -> Wrong:
    """A training has failed; the trainer is in order again."""

    def fail(place: Place) -> None:
        place.do(*CONFIGURE, *(plan or LONG))
        with place.patch.context() as patch:
            patch.setenv("FAKE_TRAINER_FAIL", mode)
            patch.setenv("FAKE_TRAINER_FAIL_STEP", str(step))
            assert place.tell(*TRAIN).code == 1

    return fail


def states_from_now_on(place: Place, said: Said) -> None:
    failed_once("traceback", "--set", "save_state=true")(place)


def records_lost(place: Place) -> None:
    failed_once("traceback", *LONG, "save_state=yes")(place)
    for record in place.client.runs.glob("*/command.json"):
        record.write_text("{}", encoding="utf-8")


def trained(*plan: str) -> Wrong:
    def train(place: Place) -> None:
        place.do(*CONFIGURE, *(plan or PLAN))
        place.do(*TRAIN)

    return train


def trained_with_states(place: Place) -> None:
    trained(*LONG, "save_state=yes")(place)


def failed_in_queue(place: Place) -> None:
    place.do(*CONFIGURE, *PLAN)
    place.do("queue", "add", "ana")
    place.patch.setenv("FAKE_TRAINER_FAIL", "traceback")


def added_again(place: Place, said: Said) -> None:
    healed(place, said)
    place.do("queue", "add", "ana")


def taken(place: Place) -> None:
    trained("--gpu", "rtx3060_12gb", "--set", "steps=6", "save_every_n_steps=2", "save_state=no")(place)
    place.do("models", "ana", "--take", "4")


def changed(room: str, **values: str) -> Wrong:
    """Make a plan, then change settings; {here} is the place's folder."""

    def change(place: Place) -> None:
        place.do(*CONFIGURE, *PLAN)
        place.settings(room, **{name: value.replace("{here}", str(place.folder)) for name, value in values.items()})

    return change


def no_pictures_prepared(place: Place) -> None:
    judged(place)
    shutil.rmtree(place.client.training_data)
