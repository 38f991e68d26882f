"""From YAML to a `Pack`: text with its places, the format, the static checks, and which packs there are."""
