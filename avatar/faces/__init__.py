"""From picture to judged crop: detect, choose, frame, measure, identify.

cluster: Pictures spread over the machines of a Dask cluster
crops: One picture: find, choose, cut and judge its face, and write the crop or a preview; what a worker process runs
decisions: The user's decisions: approve, reject, another face; each can be undone
detection: Finding the faces of a picture and choosing one
engines: What finds the faces: the networks of the package mtcnn on onnxruntime (the usual engine) or on TensorFlow
face: A face as a detector finds it: box, confidence, five landmarks; and the geometry of boxes
framing: The square of a crop around a face, for each framing, straightened where asked for
identity: Whose face it is: vectors of faces, the client's own among them, and pictures that look like somebody else
likeness: Whose face it is, over all pictures of a client: the client's chosen among several, strangers marked
mtcnn_onnx: MTCNN on onnxruntime: the weights of the package mtcnn in three graphs, and the way from one network to the next
parallel: Many pictures at once in worker processes; a worker that dies costs one picture
pose: Where a head is turned, by its landmarks: yaw, pitch, roll
quality: What is measured on a crop, and the verdict that follows from it
remake: Crops that were deleted or damaged on the disk, made anew from the originals exactly as their records say
update: Which pictures need work, and an outcome written into its record: crop, verdict, files
workers: How the work on pictures is spread: this process, worker processes, or a cluster
"""
