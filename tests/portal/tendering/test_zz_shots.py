import threading, os
from datetime import timedelta
from werkzeug.serving import make_server
from tests.factories.tendering import *
from tests.factories.accounts import make_person, sign_in
from portal.core.permissions import Role
from portal.extensions import db

OUT = "/tmp/fl/tendering/shots"
ONLY = os.environ.get("ONLY", "").split()

def test_shots(fresh_app, chromium):
    os.makedirs(OUT, exist_ok=True)
    app = fresh_app
    with app.app_context():
        person = make_person(Role.COMMISSIONER)
        a = actor_of(person)
        itt = ready_itt(actor=a, title="Prevention and early help for children and young people in Tendring")
        fresh = draft_itt(actor=a, title="Short breaks for young carers")
        bad = draft_itt(actor=a, title="Youth club"); set_weight(bad, "price", "15")
        blank = draft_itt(actor=a, title="From nothing", start=StartingPoint.EMPTY)
        pub = published_itt(actor=a, title="Prevention and early help for children and young people in Braintree")
        published_itt(actor=a, title="Counselling for young people", closes_in=-timedelta(hours=1), published_ago=timedelta(days=30))
        prov = make_person(Role.SUBMITTER)
        db.session.commit()
        cookies = {}
        for name, who, fresh_f in (("c", person, False), ("p", prov, True)):
            client = app.test_client()
            sign_in(client, who, fresh_factor=fresh_f)
            db.session.commit()
            cookies[name] = client.get_cookie("fairlot").value
        refs = dict(itt=itt.reference, fresh=fresh.reference, bad=bad.reference, blank=blank.reference, pub=pub.reference)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    t = threading.Thread(target=server.serve_forever, daemon=True); t.start()
    url = f"http://localhost:{server.port}"
    pages = [("new", "c", "/commissioning/itts/new"), ("draft", "c", "/commissioning/itts/{fresh}/draft"), ("draft-ready", "c", "/commissioning/itts/{itt}/draft"), ("draft-blank", "c", "/commissioning/itts/{blank}/draft"),
      *[(p, "c", "/commissioning/itts/{itt}/draft/" + p) for p in "service value timetable publication panels panels/local scales scales/add scales/0-5/points criteria criteria/safeguarding criteria/service/remove shares price tie-break questions questions/welcome".split()],
      ("criteria-bad", "c", "/commissioning/itts/{bad}/draft/criteria"), ("criteria-blank", "c", "/commissioning/itts/{blank}/draft/criteria"),
      ("publish", "c", "/commissioning/itts/{itt}/publish"), ("publish-not", "c", "/commissioning/itts/{bad}/publish"),
      ("opps", None, "/opportunities"), ("opps-none", None, "/opportunities?words=zebra"), ("opp", None, "/opportunities/{pub}"), ("opp-provider", "p", "/opportunities/{pub}")]
    try:
        for width in (1280, 390):
            for who in ("c", "p", None):
                ctx = chromium.new_context(viewport={"width": width, "height": 900}, base_url=url)
                if who: ctx.add_cookies([{"name": "fairlot", "value": cookies[who], "url": url}])
                page = ctx.new_page()
                errs = []
                page.on("console", lambda m: errs.append(m.text) if m.type == "error" else None)
                for name, w, path in pages:
                    if w != who or (ONLY and name not in ONLY): continue
                    r = page.goto(path.format(**refs))
                    if name == "criteria": 
                        pass
                    page.screenshot(path=f"{OUT}/{name.replace('/', '_')}-{width}.png", full_page=True)
                    hh = page.evaluate("document.documentElement.scrollHeight")
                    if hh > 2600:
                        for k in range(0, hh, 1800):
                            page.screenshot(path=f"{OUT}/{name.replace('/', '_')}-{width}-{k//1800}.png", full_page=True, clip={"x":0,"y":k,"width":width,"height":min(1800,hh-k)})
                    sw = page.evaluate("document.documentElement.scrollWidth")
                    print(name, width, r.status, "OVERFLOW %d" % sw if sw > width else "", errs); errs.clear()
                if who == "c" and (not ONLY or "errors" in ONLY):
                    page.goto("/commissioning/itts/{itt}/draft/criteria".format(**refs))
                    page.fill("#weight-price", "15"); page.get_by_role("button", name="Save the weights").click()
                    page.screenshot(path=f"{OUT}/criteria-refused-{width}.png", full_page=True)
                    page.goto("/commissioning/itts/{itt}/draft/timetable".format(**refs))
                    page.fill("#closes", "28"); page.fill("#closes-month", "3"); page.fill("#closes-year", "2027"); page.fill("#closes_time", "1:30am"); page.get_by_role("button", name="Save and go back").click()
                    page.screenshot(path=f"{OUT}/timetable-refused-{width}.png", full_page=True)
                ctx.close()
    finally:
        server.shutdown()
