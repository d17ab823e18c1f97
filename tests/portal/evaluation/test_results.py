from tests.factories.evaluation import *
def test_x(db_session, client):
    e=moderated_evaluation()
    r=result_of(e.itt)
    print([(x["bid"],x["total"]) for x in r.outcome["ranking"]])
