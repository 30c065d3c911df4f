"""Place départements and overseas collectivities on a map of squares, one each: near its neighbours, none hidden.

Drawn by hand. Top left: Paris and the départements around it, enlarged; left and below: overseas.
"""

SQUARES = """
92  75  93  .   .  .  62 59 .  .  .  .
.   94  .   .   .  76 80 02 08 .  .  .
.   .   .   50  14 27 60 51 55 54 57 67
29  22  35  53  61 78 95 77 10 52 88 68
.   56  44  49  72 28 91 45 89 21 70 90
971 .   85  79  37 41 18 58 71 39 25 .
972 .   17  86  36 23 03 42 69 01 74 .
973 .   33  16  87 19 63 43 38 73 .  .
974 .   40  24  46 15 48 07 26 05 .  .
976 .   64  47  82 12 30 84 04 06 .  .
975 977 .   32  31 81 34 13 83 .  2B .
978 986 987 988 65 09 11 66 .  .  2A .
"""
PLACES = {
    code: (column, row)
    for row, line in enumerate(SQUARES.strip().splitlines())
    for column, code in enumerate(line.split())
    if code != "."
}
