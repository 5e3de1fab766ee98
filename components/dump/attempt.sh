#!/bin/sh
# Takes a dump as dump.sh does, and leaves what it says of errors in /dumps/errors instead of failing: what stores the dump
# fails with that. Pulumi shows why a pod's container failed, and not why one before it did (pulumi/pulumi-kubernetes).
{ sh /runsheet/dump.sh "$@" 2>&1 >&3 | tee /dumps/errors >&2; } 3>&1
