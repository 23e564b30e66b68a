"""A judge of training plans, written from the description of the rules; it shares nothing with the engine.

A plan is judged minute by minute: what somebody does, and where, is a table of minutes.
"""

import datetime as dt
from collections import Counter
from itertools import combinations, product

from expertpool.timetabling.plans.problem import DayKind, Kind, Mode, Placement


def breaches(problem, plan):
    """Count how often each hard rule is broken."""
    return Counter(rule for rule, *_ in _broken(problem, plan))


def is_fine(problem, plan):
    return not any(True for _ in _broken(problem, plan))


def costs(problem, plan):
    """Return what each soft rule costs, for those that cost something."""
    return {rule: cost for rule, cost in _costs(problem, plan).items() if cost}


def by_id(items):
    return {each.id: each for each in items}


def span(problem, lesson, placement):
    """The minutes that a lesson takes, out to the grid."""
    return rounded(problem, placement.start, placement.start + lesson.minutes)


def rounded(problem, start, end):
    grid = problem.grid
    return range(start // grid * grid, (end + grid - 1) // grid * grid)


def covered(times, day, minutes, grid):
    """The whole parts of the grid within minutes that times leave out, in minutes."""
    if not times:
        return 0
    inside = {
        minute
        for time in times
        if (time.date is None or time.date == day)
        and (time.weekday is None or time.weekday == day.isoweekday())
        for minute in range(time.start, time.end)
    }
    parts = [range(start, start + grid) for start in range(minutes.start, minutes.stop, grid)]
    return grid * sum(any(minute not in inside for minute in part) for part in parts)


def minutes_between(problem, one, other):
    if one is None or other is None or one == other:
        return 0
    table = {frozenset((each.one, each.other)): each.minutes for each in problem.travel}
    needed = table.get(frozenset((one, other)), problem.online_minutes if "" in (one, other) else 0)
    return (needed + problem.grid - 1) // problem.grid * problem.grid


def place_of(problem, lesson, placement, remote):
    if lesson.mode is Mode.ONLINE or (lesson.mode is Mode.BOTH and remote):
        return ""
    room = by_id(problem.rooms).get(placement.room)
    return room.place if room else None


def diaries(problem, plan):
    """Everybody who can be in one place only: (kind, id, owner, remote, lessons)."""
    lessons = by_id(problem.lessons)
    for cohort in problem.cohorts:
        mine = [each for each in plan if cohort.id in lessons[each.lesson].cohorts]
        yield "group", cohort.id, cohort, cohort.remote, mine
    remote = {cohort.id for cohort in problem.cohorts if cohort.remote}
    for trainee in problem.trainees:
        mine = [
            each
            for each in plan
            if trainee.id in lessons[each.lesson].trainees
            or set(trainee.cohorts) & set(lessons[each.lesson].cohorts)
        ]
        yield "group", trainee.id, trainee, bool(trainee.cohorts) and set(trainee.cohorts) <= remote, mine
    for teacher in problem.teachers:
        mine = [
            each for each in plan if teacher.id == each.teacher or teacher.id in lessons[each.lesson].also
        ]
        yield "teacher", teacher.id, teacher, False, mine
    for room in problem.rooms:
        yield "room", room.id, room, False, [each for each in plan if each.room == room.id]


def seats_needed(problem, lesson):
    cohorts = by_id(problem.cohorts)
    needed = sum(
        cohorts[id].size for id in lesson.cohorts if not (lesson.mode is Mode.BOTH and cohorts[id].remote)
    )
    counted = {each.id for each in problem.trainees if set(each.cohorts) & set(lesson.cohorts)}
    return needed + sum(id not in counted for id in lesson.trainees)


def seats_of(lesson, room):
    return room.exam_seats if lesson.kind is Kind.EXAM and room.exam_seats is not None else room.seats


def _broken(problem, plan):
    lessons = by_id(problem.lessons)
    for placement in plan:
        yield from _alone(problem, lessons[placement.lesson], placement)
    for kind, id, owner, remote, mine in diaries(problem, plan):
        yield from _diary(problem, lessons, kind, id, owner, remote, mine)
    placed = {each.lesson: each for each in plan}
    for order in problem.orders:
        if order.before in placed and order.after in placed:
            one, other = placed[order.before], placed[order.after]
            days = (other.day - one.day).days
            ends = span(problem, lessons[order.before], one).stop
            begins = span(problem, lessons[order.after], other).start
            if (
                days < order.least_days
                or (order.most_days is not None and days > order.most_days)
                or (days == 0 and ends > begins)
            ):
                yield "order", order.after
    for pin in problem.pins:
        if placed.get(pin.lesson) != pin:
            yield "pin", pin.lesson


def _alone(problem, lesson, placement):
    """Rules of one lesson, its room and its teacher, diaries aside."""
    day = {each.date: each for each in problem.days}.get(placement.day)
    start, end = placement.start, placement.start + lesson.minutes
    if day is None or day.kind is DayKind.HOLIDAY:
        yield "day", lesson.id
    elif start % problem.grid or not any(each.start <= start and end <= each.end for each in day.spans):
        yield "span", lesson.id
    pinned = lesson.id in {pin.lesson for pin in problem.pins}
    first = max([each for each in (lesson.earliest, problem.not_before) if each], default=None)
    if first and placement.day < first and not pinned:
        yield "window", lesson.id
    if lesson.latest and placement.day > lesson.latest:
        yield "window", lesson.id
    if covered(lesson.available, placement.day, span(problem, lesson, placement), problem.grid):
        yield "lesson-time", lesson.id
    room = by_id(problem.rooms).get(placement.room)
    if lesson.mode is Mode.ONLINE:
        if placement.room is not None:
            yield "room", lesson.id
    else:
        if room is None or (lesson.rooms and room.id not in lesson.rooms):
            yield "room", lesson.id
        if room and seats_of(lesson, room) < seats_needed(problem, lesson):
            yield "seats", lesson.id
        for _ in lesson.equipment - room.equipment if room else ():
            yield "equipment", lesson.id
    teacher = by_id(problem.teachers).get(placement.teacher)
    if not lesson.taught:
        if placement.teacher is not None:
            yield "teacher", lesson.id
        return
    if (
        teacher is None
        or (lesson.teachers and teacher.id not in lesson.teachers)
        or placement.teacher in lesson.also
    ):
        yield "teacher", lesson.id
    for _ in lesson.skills - teacher.skills if teacher else ():
        yield "skill", lesson.id
    if teacher and lesson.language and lesson.language not in teacher.languages:
        yield "language", lesson.id


def _diary(problem, lessons, kind, id, owner, remote, mine):
    for placement in mine:
        lesson = lessons[placement.lesson]
        minutes = span(problem, lesson, placement)
        if covered(owner.available, placement.day, minutes, problem.grid):
            yield f"{kind}-time", id, placement.lesson
        place = place_of(problem, lesson, placement, remote)
        for busy in owner.busy:
            if busy.date != placement.day:
                continue
            taken = rounded(problem, busy.start, busy.end)
            if set(taken) & set(minutes):
                yield f"{kind}-busy", id, placement.lesson
            elif kind != "room" and _apart(minutes, taken) < minutes_between(problem, place, busy.place):
                yield f"{kind}-travel", id, placement.lesson
    for one, other in combinations(mine, 2):
        if one.day != other.day:
            continue
        first, second = (span(problem, lessons[each.lesson], each) for each in (one, other))
        places = [place_of(problem, lessons[each.lesson], each, remote) for each in (one, other)]
        if set(first) & set(second):
            yield f"{kind}-twice", id, one.lesson
        elif kind != "room" and _apart(first, second) < minutes_between(problem, *places):
            yield f"{kind}-travel", id, one.lesson
    limits = [
        (f"{kind}-day", getattr(owner, "most_a_day", None), lambda day: day),
        ("teacher-week", getattr(owner, "most_a_week", None), monday),
        ("teacher-in-all", getattr(owner, "most_in_all", None), lambda day: None),
    ]
    for rule, most, key in limits:
        loads = Counter()
        for placement in mine:
            loads[key(placement.day)] += lessons[placement.lesson].minutes
        for load in loads.values():
            if most is not None and load > most:
                yield rule, id


def _apart(one, other):
    return other.start - one.stop if other.start >= one.stop else one.start - other.stop


def monday(day):
    return day - dt.timedelta(day.weekday())


def _costs(problem, plan):
    lessons, weights = by_id(problem.lessons), problem.weights
    days = {each.date: each for each in problem.days}
    rooms, teachers = by_id(problem.rooms), by_id(problem.teachers)
    published = {each.lesson: each for each in problem.published}
    units = Counter(unplaced=len(problem.lessons) - len(plan))
    for placement in plan:
        lesson, known = lessons[placement.lesson], published.get(placement.lesson, placement)
        if (known.day, known.start) != (placement.day, placement.start):
            units["moved"] += 1
        elif known != placement:
            units["reassigned"] += 1
        if placement.day in days and days[placement.day].kind is DayKind.PROVISIONAL:
            units["provisional"] += 1
        if placement.teacher in teachers:
            minutes = span(problem, lesson, placement)
            likes = teachers[placement.teacher].prefers
            units["teacher_time"] += covered(likes, placement.day, minutes, problem.grid) > 0
        if placement.room in rooms and lesson.mode is not Mode.ONLINE:
            spare = seats_of(lesson, rooms[placement.room]) - seats_needed(problem, lesson)
            units["empty_seats"] += max(0, spare) // 10
    for kind, id, owner, remote, mine in diaries(problem, plan):
        if kind == "room" or id in {each.id for each in problem.trainees}:
            continue
        for date in {each.day for each in mine}:
            today = [each for each in mine if each.day == date]
            units.update(_day(problem, lessons, days, kind, owner, remote, today))
        if kind == "group" and owner.spread:
            whole = sum(lesson.minutes for lesson in problem.lessons if id in lesson.cohorts)
            for week in {monday(each.day) for each in mine}:
                units["spread"] += _above_share(problem, lessons, whole, mine, week)
    for course in {lesson.course for lesson in problem.lessons} - {""}:
        names = {each.teacher for each in plan if lessons[each.lesson].course == course} - {None}
        units["same_teacher"] += max(0, len(names) - 1)
    return {rule: number * getattr(weights, rule) for rule, number in units.items()}


def _above_share(problem, lessons, whole, mine, week):
    teaching = [each.date for each in problem.days if each.kind is not DayKind.HOLIDAY]
    inside = sum(monday(date) == week for date in teaching)
    share = -(-whole * inside // len(teaching))
    load = sum(lessons[each.lesson].minutes for each in mine if monday(each.day) == week)
    return -(-max(0, load - share) // 60)


def _day(problem, lessons, days, kind, owner, remote, today):
    units = Counter()
    taken = [span(problem, lessons[each.lesson], each) for each in today]
    fixed = [rounded(problem, each.start, each.end) for each in owner.busy if each.date == today[0].day]
    filled = {minute for each in (*taken, *fixed) for minute in each}
    taught = {
        minute
        for each in (days[today[0].day].spans if today[0].day in days else ())
        for minute in rounded(problem, each.start, each.end)
    }
    idle = {
        minute
        for minute in range(min(each.start for each in taken), max(each.stop for each in taken))
        if minute in taught and minute not in filled
    }
    units["gap" if kind == "group" else "teacher_gap"] = -(-len(idle) // 30)
    here = [each for each in today if place_of(problem, lessons[each.lesson], each, remote) not in (None, "")]
    units["travel_day"] = int(owner.travels and bool(here))
    if kind == "group":
        units["same_room"] = max(0, len({each.room for each in here}) - 1)
        units["exam_day"] = max(0, sum(lessons[each.lesson].kind is Kind.EXAM for each in today) - 1)
        courses = Counter(lessons[each.lesson].course for each in today)
        del courses[""]
        units["course_day"] = sum(courses.values()) - len(courses) if owner.spread else 0
    return units


def every_place(problem, lesson):
    """All places of a lesson that could make sense, and None."""
    found = [None]
    rooms = [None] if lesson.mode is Mode.ONLINE else [room.id for room in problem.rooms]
    teachers = [teacher.id for teacher in problem.teachers] if lesson.taught else [None]
    for day in problem.days:
        starts = {
            start for each in day.spans for start in range(each.start, each.end) if start % problem.grid == 0
        }
        for start, room, teacher in product(sorted(starts), rooms, teachers):
            placement = Placement(lesson.id, day.date, start, room, teacher)
            if is_fine(problem, [placement]) or lesson.id in {pin.lesson for pin in problem.pins}:
                found.append(placement)
    return found


def every_plan(problem):
    """All plans that break nothing."""
    choices = [every_place(problem, lesson) for lesson in problem.lessons]

    def grow(plan, number):
        if number == len(choices):
            if is_fine(problem, plan):
                yield plan
            return
        for choice in choices[number]:
            more = plan if choice is None else [*plan, choice]
            if choice is None or set(breaches(problem, more)) <= {"pin"}:
                yield from grow(more, number + 1)

    yield from grow([], 0)


def cheapest(problem):
    """Return the least cost of all plans that break nothing; None if pins leave none."""
    return min((sum(costs(problem, plan).values()) for plan in every_plan(problem)), default=None)
