"""Import: find, copy, decode and describe pictures.

camera: The texts that a picture carries, and what its camera wrote: lens, exposure, time and, where wanted, place
import_table: What the records of an import add up to: MidJourney's jobs, typed prompts
photo_light: What a small copy of a picture tells: its light, by measures and by name, and the hash that finds its likes
pictures: Any picture file to upright sRGB pixels; the content decides, never the name
png_file: A PNG in one look: its chunks checked by their CRC, its texts, and the pixels of the plain kind; and writing one
raw_cache: Developed RAWs kept for the next stage: a RAW is developed once, in seconds, and read back in hundredths
sources: Where pictures come from: paths as people type them, folders, zip archives; each file as a stream, none unpacked
thumbnails: Small pictures for sheets and pages, kept beside them: of thousands of crops only the new ones are decoded
"""
