"""Head pose from landmarks: yaw, pitch, roll."""

from __future__ import annotations

import math
from typing import Literal

from avatar.faces import face as face_values
from avatar.faces.face import DetectedFace

Pose = Literal["front", "three_quarter", "profile"]
Pitch = Literal["up", "level", "down"]
LEVEL_PITCH = 15.0  # degrees


def pose_of(face: DetectedFace) -> dict[str, float]:
    """Return yaw, roll and pitch in degrees and the eyes' distance in pixels, estimated from the five keypoints.

    yaw    0 looks into the camera, positive to the right of the picture. London set: front 0-11, three-quarter 33-46,
           profile 54-75 and one 19 [measured]; the keypoints of hidden eyes are guesses, so this is more a class than an angle
    roll   0 upright, positive where the head leans to the right of the picture (clockwise)
    pitch  0 level, positive where the face looks up. From where the nose stands between eyes and mouth: 0.40-0.61 of the
           way on 32 level faces, -12 to 11 degrees [measured]; a smile lifts the mouth and costs about 7. A class, too
    eye_distance_px  between the eyes as seen: a turned head shortens it
    """
    eyes, mouth = face_values.midpoint(face, "left_eye", "right_eye"), face_values.midpoint(face, "mouth_left", "mouth_right")
    down = (mouth[0] - eyes[0], mouth[1] - eyes[1])
    length = math.hypot(*down) or 1.0
    across = (down[1] / length, -down[0] / length)  # to the right of an upright face
    nose = face.keypoints["nose"]
    middle = ((eyes[0] + mouth[0]) / 2, (eyes[1] + mouth[1]) / 2)
    offset = (nose[0] - middle[0]) * across[0] + (nose[1] - middle[1]) * across[1]
    below = ((nose[0] - middle[0]) * down[0] + (nose[1] - middle[1]) * down[1]) / length
    left, right = face.keypoints["left_eye"], face.keypoints["right_eye"]
    width = abs((right[0] - left[0]) * across[0] + (right[1] - left[1]) * across[1])
    # On a face from the front the eyes are about as far apart as from the mouth; the nose stands out by about half of it,
    # and half-way between them: what it is off by, in units of that half, is the tangent of the turn.
    return {
        "yaw": math.degrees(math.atan2(offset / (0.5 * length), width / length)),
        "roll": math.degrees(math.atan2(-down[0], down[1])),
        "pitch": math.degrees(math.atan2(-below, 0.5 * length)),
        "eye_distance_px": math.dist(left, right),
    }


def pose_class(yaw: float) -> Pose:
    """Return the class of a yaw from `pose_of`."""
    if abs(yaw) < 20:
        return "front"
    return "three_quarter" if abs(yaw) < 55 else "profile"


def pitch_class(pitch: float) -> Pitch:
    """Return the class of a pitch from `pose_of`; the limit is outside every value measured on level faces."""
    if abs(pitch) <= LEVEL_PITCH:
        return "level"
    return "up" if pitch > 0 else "down"
