/**
 * combine.py, as it lies in every backup with a quorum. For whoever has no Holdfast: it takes the shares that stock
 * age opened, judges each by backup.json, and writes the age identity that they make.
 */
export const COMBINER = String.raw`#!/usr/bin/env python3
"""Puts shares of a Holdfast backup together: python3 combine.py 2-*.share > identity.txt

Each file is a share as age -d gives it. backup.json has to lie beside this program.
Python 3 and its standard library are all that it takes. What it writes is secret."""
import hashlib, json, os, re, sys

LABELS = ["holdfast-share", "backup-id", "envelope", "set", "custodian", "index", "threshold", "shares"]

def multiply(a, b):
    """In GF(2^8) with x^8 + x^4 + x^3 + x + 1, as AES has it."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product

def inverse(a):
    result = 1
    for _ in range(254):
        result = multiply(result, a)
    return result

def combine(points):
    """Lagrange interpolation at 0, byte by byte; subtraction is exclusive or."""
    weights = []
    for x in points:
        above = below = 1
        for other in points:
            if other != x:
                above, below = multiply(above, other), multiply(below, other ^ x)
        weight = multiply(above, inverse(below))
        weights.append([multiply(weight, y) for y in range(256)])
    secret = bytearray(len(next(iter(points.values()))))
    for weight, share in zip(weights, points.values()):
        for place, y in enumerate(share):
            secret[place] ^= weight[y]
    return bytes(secret)

def read_share(path):
    with open(path, "rb") as file:
        lines = file.read(16384).decode("ascii").splitlines()
    if len(lines) != len(LABELS) + 1 or not re.match("([0-9a-f]{2})+$", lines[-1]):
        raise ValueError("it holds no share")
    found = {label: line[len(label) + 4 :] for label, line in zip(LABELS, lines)}
    if any(line != "# %s: %s" % pair for line, pair in zip(lines, found.items())):
        raise ValueError("it holds no share")
    return found, bytes.fromhex(lines[-1])

def judge(manifest, found, share):
    """Returns the envelope, its quorum and the custodian that a share belongs to."""
    if found["backup-id"] != manifest["id"]:
        raise ValueError("it belongs to another backup")
    for envelope in manifest["envelopes"]:
        quorum = envelope["factors"][0]
        if quorum["kind"] == "quorum" and quorum["set"] == found["set"]:
            for custodian in quorum["custodians"]:
                if str(custodian["index"]) == found["index"]:
                    text = b"holdfast-share-commitment/1\0" + bytes.fromhex(quorum["set"])
                    text += bytes([custodian["index"]]) + share
                    if hashlib.sha256(text).hexdigest() == custodian["commitment"]:
                        return envelope["index"], quorum, custodian
            raise ValueError("it is not the share that was given out")
    raise ValueError("it is of another generation of this backup")

def main(paths):
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "backup.json")
    with open(beside, encoding="utf-8") as file:
        manifest = json.load(file)
    if os.fstat(1).st_size == 0 and not os.isatty(1):
        os.chmod(1, 0o600)  # Where it goes to a file, nobody else is to read it.
    taken = {}
    for path in paths:
        try:
            found, share = read_share(path)
            index, quorum, custodian = judge(manifest, found, share)
            points = taken.setdefault(index, (quorum, {}))[1]
            if custodian["index"] in points:
                raise ValueError("the share of %s is here already" % custodian["name"])
            points[custodian["index"]] = share
        except (OSError, ValueError) as error:
            print("%s: %s" % (path, error), file=sys.stderr)
    for index, (quorum, points) in taken.items():
        needed = quorum["threshold"]
        print("envelope %d: %d of %d shares" % (index, len(points), needed), file=sys.stderr)
        if len(points) >= needed:
            sys.stdout.buffer.write(combine(dict(list(points.items())[:needed])))
            return 0
    print("there are not enough shares: nothing was written", file=sys.stderr)
    return 1

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
`;
