"""From picture to judged crop: detect, choose, frame, measure, identify.

face_crops: One picture: find, choose, cut and judge its face, and write the crop or a preview; what a worker process runs
face_engines: What finds the faces: the networks of the package mtcnn on onnxruntime (the usual engine) or on TensorFlow
face_identity: Whose face it is: vectors of faces, the client's own among them, and pictures that look like somebody else
face_workers: Many pictures at once: in this process, in processes of this machine, or on other machines by Dask or Ray
faces: Faces: finding them coarse to fine, choosing the client's, and the geometry of the crop
mtcnn_onnx: MTCNN on onnxruntime: the weights of the package mtcnn in three graphs, and the way from one network to the next
quality: What is measured on a crop, and the verdict that follows from it
"""
