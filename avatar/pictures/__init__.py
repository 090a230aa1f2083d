"""Import: find, copy, decode and describe pictures.

camera: What the camera wrote into a photo: model, lens, exposure, time and, where wanted, place
colour: Any Pillow picture as 8-bit RGB in sRGB: profile, alpha, palette, deep pixels
decode: Any picture file to upright sRGB pixels
deep_pixels: Values of 16 bits of HDR pictures, of which Pillow gives 8: with a curve as steep as PQ's, 8 bits show as bands
describe: The record of one picture: everything that its bytes and its name tell
groups: MidJourney's jobs: the tiles that belong together, the prompts they share, and prompts typed by the user
heif_boxes: The boxes of HEIC and AVIF files: what a file holds and in which coding, which neither Pillow nor pillow-heif tells
heif_tiles: Large HEICs, tile by tile: each small picture of a phone's grid is decoded, shrunk and put into place by itself
images_table: metadata/images.csv: the records as a table for a spreadsheet; an export, never read back
import_job: One import: client, sources and limits, the pictures already known, and the report
import_list: metadata/imports.json: which pictures came with which import; imports have numbers that never change
import_worker: Processes that read pictures for an import: each copies, hashes and describes one after another
inside: What a picture file holds beside one picture's pixels: how its values encode colours, and other pictures or a video
intake: From sources to stored originals: threads and processes read and write, one thread decides in order
jpeg_ends: Whether a JPEG's picture ends before its file does: a copy that broke off and was filled or closed
kinds: Which format a picture file is, by its content and never by its name
left_out: What lies in people's folders and is no picture that can be imported: which kind it is, and what is told about it
light: Brightness, contrast, warmth and perceptual hash, measured on a small copy of a picture
loaded: One decoded picture: its pixels, and those that they were shrunk from
metadata: The text fields that a picture file carries: PNG chunks, EXIF comments, XMP, IPTC, keywords
part: A part of an upright picture, and which of the stored pixels it takes
png: A fast reader of plain 8-bit RGB PNGs, with CRC checks and text chunks, and a fast writer
raw: RAW pictures of cameras, developed by LibRaw; the embedded preview where that fails or is enough
raw_cache: Cache of developed RAWs: developing takes seconds, reading back hundredths of a second
removal: Takes pictures out of a client and brings them back
sidecar_texts: What a file beside a picture says: a trainer's caption, a MidJourney prompt, keywords, or nothing of use
sidecars: The files beside the pictures of an import: found, matched, read when needed, and those unused counted
sources: Finds pictures in paths, folders and zip archives, and opens each as a stream; nothing is unpacked
thumbnails: Cached thumbnails for sheets and pages: only new crops are decoded
tiff_ends: Whether a RAW in a TIFF's form ends where its own directories say, or is cut off or filled with zeros
wide_colour: Colours by code points instead of a profile (cICP, nclx, EXIF's Adobe RGB): HDR and wide gamut to sRGB
"""
