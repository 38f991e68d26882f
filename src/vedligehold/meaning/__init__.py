"""The meanings of the tree, side by side: one file each, one `match`, the cases in the same order.

`value` is *the* reference: one case, with the trace. `closure` is the same, compiled: the fast form that decides.
`data` is plain data, both ways.
"""
