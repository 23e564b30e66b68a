"""Invented weeks of lectures, as text in the format .ctt."""

from random import Random

TOY = """Name: Toy
Courses: 4
Rooms: 3
Days: 5
Periods_per_day: 4
Curricula: 2
Constraints: 8

COURSES:
Screws T1 3 3 30
Threads T2 3 2 42
Gauges T3 5 4 40
Tolerances T4 5 4 18

ROOMS:
A 32
B 50
C 40

CURRICULA:
First 3 Screws Threads Gauges
Second 2 Gauges Tolerances

UNAVAILABILITY_CONSTRAINTS:
Gauges 2 0
Gauges 2 1
Gauges 3 2
Gauges 3 3
Tolerances 4 0
Tolerances 4 1
Tolerances 4 2
Tolerances 4 3

END.
"""


def invented(
    seed: int, *, days: int, periods: int, rooms: int, courses: int, most_lectures: int, blocked: int
) -> str:
    """Return a random week; nothing promises that it can be planned."""
    random = Random(seed)
    names = [f"c{number}" for number in range(courses)]
    lines = {
        "COURSES": [
            f"{name} t{random.randrange(courses)} {random.randint(1, most_lectures)} "
            f"{random.randint(1, days)} {random.randint(1, 60)}"
            for name in names
        ],
        "ROOMS": [f"r{number} {random.randint(1, 60)}" for number in range(rooms)],
        "CURRICULA": [
            " ".join([f"q{number}", str(len(members)), *members])
            for number in range(max(1, courses // 2))
            for members in [random.sample(names, random.randint(1, min(4, courses)))]
        ],
        "UNAVAILABILITY_CONSTRAINTS": sorted(
            {
                f"{random.choice(names)} {random.randrange(days)} {random.randrange(periods)}"
                for _ in range(blocked)
            }
        ),
    }
    head = {
        "Name": f"Invented{seed}",
        "Courses": courses,
        "Rooms": rooms,
        "Days": days,
        "Periods_per_day": periods,
        "Curricula": len(lines["CURRICULA"]),
        "Constraints": len(lines["UNAVAILABILITY_CONSTRAINTS"]),
    }
    parts = ["\n".join(f"{key}: {value}" for key, value in head.items())]
    parts += [f"{section}:\n" + "\n".join(rows) for section, rows in lines.items()]
    return "\n\n".join([*parts, "END.", ""])
