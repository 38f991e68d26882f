#!/bin/sh
# What vedligehold does, in five commands. `make demo` sets up what is needed and runs this.
set -eu
cd "$(dirname "$0")/.."

show() {
    printf '\n$ %s\n' "$*"
    "$@"
}

show vedligehold decide examples/rebild-case.json --pack rebild --on 2010-05-03
show vedligehold decide examples/sundhed-case.json --pack sundhed-og-traening --on 2017-05-10
show vedligehold decide examples/sundhed-case.json --pack sundhed-og-traening --on 2017-05-10 --lang en
show vedligehold due --pack rebild --event referral_received=2010-04-28 --event granted=2010-05-06
show vedligehold test --mutants
