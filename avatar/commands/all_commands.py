"""Every command, in the order of the help: a new one is a file with its COMMANDS and a line here."""

from __future__ import annotations

from avatar.commands import (
    base_models,
    captions,
    client_edit,
    clients,
    dashboard,
    dataset,
    deliver,
    demo,
    doctor,
    faces,
    importing,
    limits,
    models,
    monitor,
    plan,
    queue,
    removing,
    report,
    results,
    review,
    run_all,
    settings,
    setup,
    training,
    trial,
    tune,
)
from avatar.commands.command import Command

COMMANDS: tuple[Command, ...] = (
    *demo.COMMANDS, *setup.COMMANDS, *settings.COMMANDS, *base_models.COMMANDS, *clients.COMMANDS, *client_edit.COMMANDS,
    *importing.COMMANDS, *removing.COMMANDS,
    *faces.COMMANDS, *review.COMMANDS, *limits.COMMANDS,
    *captions.COMMANDS, *dataset.COMMANDS, *plan.COMMANDS, *training.COMMANDS, *monitor.COMMANDS,
    *models.COMMANDS, *trial.COMMANDS, *results.COMMANDS, *tune.COMMANDS, *deliver.COMMANDS, *report.COMMANDS,
    *dashboard.COMMANDS, *doctor.COMMANDS, *run_all.COMMANDS, *queue.COMMANDS,
)  # fmt: skip
