"""What goes into the fixtures, one module per kind of operator; `../fixtures.py` writes them."""

from cases import conv, lecture, pool, resize

FILES = {
    "ops": {
        "lecture": lecture.lecture,
        "conv": conv.conv,
        "conv_transpose": conv.conv_transpose,
        "max_pool": pool.max_pool,
        "max_unpool": pool.max_unpool,
        "average_pool": pool.average_pool,
        "global_average_pool": pool.global_average_pool,
        "reduce_mean": pool.reduce_mean,
        "reduce_max": pool.reduce_max,
        "resize": resize.resize,
    },
    "nets": {},
}
