"""What reading a zip of anybody's raises."""

from __future__ import annotations

import zipfile
import zlib

# Broken, foreign or locked; RuntimeError is zipfile's word for a wrong password.
ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
