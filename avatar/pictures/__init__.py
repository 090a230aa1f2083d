"""Import: find, copy, decode and describe pictures.

camera: What the camera wrote into a photo: model, lens, exposure, time and, where wanted, place
colour: Any Pillow picture as 8-bit RGB in sRGB: profile, alpha, palette, deep pixels
decode: Any picture file to upright sRGB pixels
describe: The record of one picture: everything that its bytes and its name tell
groups: MidJourney's jobs: the tiles that belong together, the prompts they share, and prompts typed by the user
images_table: metadata/images.csv: the records as a table for a spreadsheet; an export, never read back
import_job: One import: for whom, of what, within which limits; what the client already has, and the report that it fills
intake: From sources to stored originals: read by several threads, judged in order, written by several
kinds: Which format a picture file is, by its content and never by its name
light: What a small copy of a picture tells: its light, by measures and by name, and the hash that finds its likes
metadata: The text fields that a picture file carries: PNG chunks, EXIF comments, XMP
png: A PNG in one look: its chunks checked by their CRC, its texts, and the pixels of the plain kind; and writing one, fast
raw: RAW pictures of cameras, developed by LibRaw; the embedded preview where that fails or is enough
raw_cache: Developed RAWs kept for the next stage: a RAW is developed once, in seconds, and read back in hundredths
sources: Where pictures come from: paths as people type them, folders, zip archives; each file as a stream, none unpacked
thumbnails: Small pictures for sheets and pages, kept beside them: of thousands of crops only the new ones are decoded
"""
