from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.errors import Invalid
from expertpool.exchange import service
from expertpool.exchange.columns import Kind
from expertpool.people.models import Person
from tests.builders.files import make_csv

ROWS = [["姓名", "邮箱"], ["周岚", "zhou@mail.example"], ["吴越", "wu@mail.example"]]


def test_of_two_who_apply_one_file_at_once_one_is_told_that_it_is_over(empty_engine, actor, now):
    with Session(empty_engine) as session:
        batch = service.stage(session, Kind.EXPERTS, make_csv(ROWS), "f.csv", actor=actor, now=now)
        batch_id = batch.id
        session.commit()

    def apply(_number):
        with Session(empty_engine) as session:
            try:
                service.apply(session, batch_id, {}, as_shown=True, actor=actor, now=now)
                session.commit()
            except Invalid as error:
                return str(error)
        return "came in"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(apply, range(2)))
    assert answers == ["This import was applied or discarded already.", "came in"]
    with Session(empty_engine) as session:
        assert session.scalars(sa.select(Person.name).order_by(Person.id)).all() == ["周岚", "吴越"]
