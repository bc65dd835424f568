"""What goes into the fixtures, one module per kind of operator; `../fixtures.py` writes them."""

from cases import conv, elementwise, keras, lecture, matrix, nets, norm, pool, rearrange, reported, resize, unpooling

FILES = {
    "ops": {
        "lecture": lecture.lecture,
        "conv": conv.conv,
        "conv_transpose": conv.conv_transpose,
        "conv_transpose_grid": conv.conv_transpose_grid,
        "max_pool": pool.max_pool,
        "max_unpool": pool.max_unpool,
        "average_pool": pool.average_pool,
        "global_average_pool": pool.global_average_pool,
        "reduce_mean": pool.reduce_mean,
        "reduce_max": pool.reduce_max,
        "resize": resize.resize,
        "depth_to_space": rearrange.depth_to_space,
        "space_to_depth": rearrange.space_to_depth,
        "pad": rearrange.pad,
        "concat": rearrange.concat,
        "slice": rearrange.slice_,
        "split": rearrange.split,
        **elementwise.ARITHMETIC,
        **elementwise.ACTIVATIONS,
        "softmax": matrix.softmax,
        "arg_max": matrix.arg_max,
        "gemm": matrix.gemm,
        "matmul": matrix.matmul,
        "batch_normalization": norm.batch_normalization,
        "instance_normalization": norm.instance_normalization,
        "group_normalization": norm.group_normalization,
        "layer_normalization": norm.layer_normalization,
    },
    "nets": {
        **nets.NETS,
        "reported": reported.reported,
        "channels_last": keras.channels_last,
        "unpooling": unpooling.unpooling,
    },
}
