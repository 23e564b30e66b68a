"""Open solvers on the same rounds, used plainly: what somebody writes who needs an assignment by tonight.

Each takes the round's scored pairs and the seconds after which it should end, and returns the total it
reached and how its search ended. networkx, pulp and fairpyx need an interpreter that has them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from expertpool.matching.rounds.problem import Round


@dataclass(frozen=True)
class Peer:
    """An open solver: the package that holds it, and its work."""

    package: str
    work: Callable[[Round, float], tuple[float, str]]
    is_slow: bool = False
    """Whether it is asked for the smallest round alone, since it takes minutes for others."""


def flow(round_: Round, _limit: float) -> tuple[float, str]:
    """OR-tools' minimum-cost flow; scores in millionths, least loads by a large bonus."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    (n, m), pairs = round_.size, round_.scored
    graph, sink = SimpleMinCostFlow(), n + m
    value = np.rint(pairs.score * 1e6).astype(np.int64)
    taken = graph.add_arcs_with_capacity_and_unit_cost(
        pairs.item, n + pairs.reviewer, np.ones(len(pairs), np.int64), -value
    )
    people = np.arange(n, n + m)
    for capacity, cost in ((round_.least, -(10**9)), (round_.most - round_.least, 0)):
        costs = np.full(m, cost, np.int64)
        graph.add_arcs_with_capacity_and_unit_cost(people, np.full(m, sink), capacity, costs)
    graph.set_nodes_supplies(np.arange(n), round_.per_item)
    graph.set_node_supply(sink, -int(round_.per_item.sum()))
    status = graph.solve()
    return float(pairs.score @ graph.flows(taken)), "optimal" if status == graph.OPTIMAL else str(status)


def milp(round_: Round, limit: float) -> tuple[float, str]:
    """`scipy.optimize.milp` (HiGHS), a variable a scored pair."""
    from scipy.optimize import Bounds, LinearConstraint
    from scipy.optimize import milp as solve

    pairs = round_.scored
    seats, loads, apart = _rows(round_)
    rules = [
        LinearConstraint(seats, round_.per_item, round_.per_item),
        LinearConstraint(loads, round_.least, round_.most),
    ]
    if apart is not None:
        rules.append(LinearConstraint(apart, -np.inf, 1))
    answer = solve(
        -pairs.score,
        integrality=np.ones(len(pairs)),
        bounds=Bounds(0, 1),
        constraints=rules,
        options={"time_limit": limit},
    )
    total = float("nan") if answer.x is None else float(pairs.score @ np.rint(answer.x))
    return total, "optimal" if answer.status == 0 else "stopped"


def networkx(round_: Round, _limit: float) -> tuple[float, str]:
    """networkx's network simplex; scores in millionths, least loads by a large bonus."""
    import networkx as nx

    graph, pairs = nx.DiGraph(), round_.scored
    for item, need in enumerate(round_.per_item.tolist()):
        graph.add_node(("item", item), demand=-need)
    graph.add_node("sink", demand=int(round_.per_item.sum()))
    for reviewer, (least, most) in enumerate(zip(round_.least.tolist(), round_.most.tolist(), strict=True)):
        graph.add_edge(("person", reviewer), "sink", capacity=most - least, weight=0)
        if least:
            graph.add_edge(("person", reviewer), ("least", reviewer), capacity=least, weight=-(10**9))
            graph.add_edge(("least", reviewer), "sink", capacity=least, weight=0)
    for item, reviewer, score in zip(pairs.item, pairs.reviewer, pairs.score, strict=True):
        weight = -round(float(score) * 1e6)
        graph.add_edge(("item", int(item)), ("person", int(reviewer)), capacity=1, weight=weight)
    _, taken = nx.network_simplex(graph)
    return sum(
        float(score) * taken["item", int(item)]["person", int(reviewer)]
        for item, reviewer, score in zip(pairs.item, pairs.reviewer, pairs.score, strict=True)
    ), "optimal"


def cbc(round_: Round, limit: float) -> tuple[float, str]:
    """CBC through pulp, a binary variable a scored pair."""
    import pulp

    (n, m), pairs = round_.size, round_.scored
    problem = pulp.LpProblem("round", pulp.LpMaximize)
    taken = [pulp.LpVariable(f"x{place}", cat="Binary") for place in range(len(pairs))]
    problem += pulp.LpAffineExpression(zip(taken, pairs.score.tolist(), strict=True))
    by_item: list[list[Any]] = [[] for _ in range(n)]
    by_person: list[list[Any]] = [[] for _ in range(m)]
    for variable, item, reviewer in zip(taken, pairs.item, pairs.reviewer, strict=True):
        by_item[item].append(variable)
        by_person[reviewer].append(variable)
    for item, need in enumerate(round_.per_item.tolist()):
        problem += pulp.lpSum(by_item[item]) == need
    for person, (least, most) in enumerate(zip(round_.least.tolist(), round_.most.tolist(), strict=True)):
        problem += pulp.lpSum(by_person[person]) <= most
        if least:
            problem += pulp.lpSum(by_person[person]) >= least
    status = problem.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=limit))
    return float(pulp.value(problem.objective)), pulp.LpStatus[status].lower()


def _rows(round_: Round) -> tuple[Any, Any, Any]:
    from scipy.sparse import csr_array

    from expertpool.matching.rounds.crowds import rows

    (n, m), pairs = round_.size, round_.scored
    each, ones = np.arange(len(pairs)), np.ones(len(pairs))
    seats = csr_array((ones, (pairs.item, each)), shape=(n, len(pairs)))
    loads = csr_array((ones, (pairs.reviewer, each)), shape=(m, len(pairs)))
    return seats, loads, rows(round_, pairs).matrix if round_.crowds else None


def utilitarian(round_: Round, _limit: float) -> tuple[float, str]:
    """fairpyx's largest sum of valuations: items are agents who want reviewers; scores in millionths."""
    from fairpyx.algorithms import utilitarian_matching

    return _by_fairpyx(round_, utilitarian_matching), "optimal"


def in_turn(round_: Round, _limit: float) -> tuple[float, str]:
    """fairpyx's round robin: items choose in turn."""
    from fairpyx.algorithms import round_robin

    return _by_fairpyx(round_, round_robin), "a rule of thumb"


def _by_fairpyx(round_: Round, rule: Any) -> float:
    from fairpyx import Instance, divide

    n, m = round_.size
    value: dict[int, dict[int, int]] = {item: dict.fromkeys(range(m), 0) for item in range(n)}
    pairs = round_.scored
    for item, reviewer, score in zip(pairs.item, pairs.reviewer, pairs.score, strict=True):
        value[int(item)][int(reviewer)] = round(float(score) * 1e6)
    instance = Instance(
        valuations=value,
        agent_capacities=dict(enumerate(round_.per_item.tolist())),
        item_capacities=dict(enumerate(round_.most.tolist())),
    )
    bundles = divide(rule, instance=instance)
    return sum(value[item][reviewer] for item, bundle in bundles.items() for reviewer in bundle) / 1e6


PEERS = {
    "OR-tools flow": Peer("ortools", flow),
    "scipy milp": Peer("scipy", milp),
    "pulp CBC": Peer("pulp", cbc),
    "networkx": Peer("networkx", networkx, is_slow=True),
    "fairpyx utilitarian": Peer("fairpyx", utilitarian, is_slow=True),
    "fairpyx round robin": Peer("fairpyx", in_turn, is_slow=True),
}
