"""2,000 customers, 3,000 products with their vouchers, 300 maintenance contracts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal

from app.contracts.models import Contract, ContractItem, PlannedVisit
from app.contracts.rules import spread
from app.core import clock
from app.customers.models import Address, Contact, Customer, ProductModel, Telephone, Voucher
from app.customers.rules import warranty_end
from seeds.demo.organisation import Crew, Office
from seeds.demo.rows import Numbers, Rows

CUSTOMERS, PRODUCTS, CONTRACTS = 2000, 3000, 300
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
GIVEN = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 刚 桂英 建华 文静 志明 海燕 晓东 玉兰 国强 春梅 "
    "小红 志强 美玲 家豪 欣怡 子轩 浩然 雨桐 思远 佳琪"
).split()
ORGANISATIONS = (
    "{city}{place}宾馆 {city}{place}小学 {city}{place}餐饮有限公司 {city}{place}超市 {city}{place}养老院 "
    "{city}{place}物业管理有限公司 {city}{place}幼儿园 {city}{place}医院"
).split()
AREA_CODES = {"上海市": "021", "杭州市": "0571", "南京市": "025", "苏州市": "0512", "无锡市": "0510"}
DUTIES = ("设备科长", "后勤主管", "店长", "办公室主任")
PLACES = "金陵 钟山 东方 新华 长江 太湖 阳光 和平 建设 学府 湖滨 龙城 明珠 中天 恒泰".split()
ROADS = "中山路 人民路 解放路 建设路 和平路 新华路 文昌路 长江路 健康路 学府路 滨湖路 青年路".split()
# code, name, category, warranty months
MODELS = (
    ("BCD-215TS", "三门冰箱", "refrigerator", 36),
    ("BCD-480W", "对开门冰箱", "refrigerator", 36),
    ("BC-93", "单门冰箱", "refrigerator", 12),
    ("XQG80-B14", "滚筒洗衣机", "washing_machine", 36),
    ("XQB70-M", "波轮洗衣机", "washing_machine", 12),
    ("KFR-35GW", "壁挂式空调", "air_conditioner", 72),
    ("KFR-72LW", "柜式空调", "air_conditioner", 72),
    ("LED55-K6", "液晶电视55寸", "television", 12),
    ("LED75-U8", "液晶电视75寸", "television", 12),
    ("ES60H", "电热水器", "water_heater", 24),
    ("JSQ30-16", "燃气热水器", "water_heater", 24),
    ("CXW-260", "吸油烟机", "kitchen", 12),
    ("JZT-B12", "燃气灶", "kitchen", 12),
)


@dataclass(frozen=True)
class Product:
    """A product as the work of the demo company needs to know it."""

    voucher_id: int
    customer_id: int
    address_id: int
    crew: Crew
    urban: bool
    category: str
    name: str
    phone: str
    warranty_until: date
    contract_id: int | None = None
    contract_term: tuple[date, date] | None = None


@dataclass
class Base:
    """Who may call, by branch code."""

    products: dict[str, list[Product]] = field(default_factory=dict)


def build(rows: Rows, dice: random.Random, office: Office, today: date) -> Base:
    """Add customers, products and contracts."""
    for code, name, category, months in MODELS:
        rows.add(ProductModel, code=code, name=name, category=category, warranty_months=months)
    crews = list(office.crews.values())
    people = [
        _customer(rows, dice, dice.choices(crews, (3, 2, 4, 3, 2))[0], number, today) for number in range(CUSTOMERS)
    ]
    numbers = Numbers()
    owners = [*people, *dice.choices(people, k=PRODUCTS - CUSTOMERS)]
    products = [_product(rows, dice, owner, number, numbers, today) for number, owner in enumerate(owners)]
    under_contract = set(dice.sample(range(PRODUCTS), CONTRACTS))
    base = Base({code: [] for code in office.crews})
    for number, product in enumerate(products):
        if number in under_contract:
            product = _contract(rows, dice, product, numbers, today)
        base.products[product.crew.branch.code].append(product)
    return base


def _customer(
    rows: Rows, dice: random.Random, crew: Crew, number: int, today: date
) -> tuple[int, int, Crew, bool, str, str]:
    district = dice.choice(crew.districts)
    is_person = dice.random() < 0.92
    if is_person:
        name = dice.choice(SURNAMES) + dice.choice(GIVEN)
    else:
        name = dice.choice(ORGANISATIONS).format(city=district.city[:-1], place=dice.choice(PLACES))
    since = clock.at_local(today - timedelta(days=dice.randint(120, 2500)))
    customer_id = rows.add(
        Customer, name=name, kind="person" if is_person else "organisation", branch_id=crew.branch.id, created_at=since
    )
    phone = f"1{dice.choice('35789')}{number:04}{dice.randint(0, 99999):05}"
    rows.add(Telephone, customer_id=customer_id, number=phone, kind="mobile")
    if dice.random() < 0.15:
        landline = f"{AREA_CODES[district.city]}{dice.randint(50000000, 89999999)}"
        rows.add(Telephone, customer_id=customer_id, number=landline, kind="landline")
    if not is_person:
        person = dice.choice(SURNAMES) + dice.choice(GIVEN)
        rows.add(Contact, customer_id=customer_id, name=person, duty=dice.choice(DUTIES), phone=phone)
    line = f"{dice.choice(ROADS)}{dice.randint(1, 399)}号{dice.randint(1, 30)}幢{dice.randint(1, 24)}0{dice.randint(1, 4)}室"
    address_id = rows.add(Address, customer_id=customer_id, district_id=district.id, line=line)
    return customer_id, address_id, crew, district.zone == "urban", name, phone


def _product(
    rows: Rows,
    dice: random.Random,
    owner: tuple[int, int, Crew, bool, str, str],
    number: int,
    numbers: Numbers,
    today: date,
) -> Product:
    customer_id, address_id, crew, urban, name, phone = owner
    model_id = dice.randint(1, len(MODELS))
    code, _, category, months = MODELS[model_id - 1]
    sold_on = today - timedelta(days=dice.randint(100, 2200))
    until = warranty_end(sold_on, months)
    voucher_id = rows.add(
        Voucher,
        number=numbers.next("FW", crew.branch.code, sold_on),
        branch_id=crew.branch.id,
        customer_id=customer_id,
        address_id=address_id,
        product_model_id=model_id,
        serial_no=f"{code.replace('-', '')[:6]}{sold_on:%y%m}{number:05}",
        sold_on=sold_on,
        warranty_until=until,
        created_at=clock.at_local(sold_on),
    )
    return Product(voucher_id, customer_id, address_id, crew, urban, category, name, phone, until)


def _contract(rows: Rows, dice: random.Random, product: Product, numbers: Numbers, today: date) -> Product:
    starts_on = today - timedelta(days=dice.randint(20, 420))
    ends_on = warranty_end(starts_on, 12) - timedelta(days=1)
    contract_id = rows.add(
        Contract,
        number=numbers.next("HT", product.crew.branch.code, starts_on),
        branch_id=product.crew.branch.id,
        customer_id=product.customer_id,
        status="in_force" if ends_on >= today else "ended",
        starts_on=starts_on,
        ends_on=ends_on,
        price=Decimal(dice.choice((288, 388, 588, 988))),
        visits=dice.choice((1, 2, 4)),
        parts_free=dice.random() < 0.3,
        created_at=clock.at_local(starts_on),
    )
    rows.add(ContractItem, contract_id=contract_id, voucher_id=product.voucher_id)
    contract = rows.of(Contract)[contract_id - 1]
    for due_on in spread(starts_on, ends_on, contract["visits"]):
        # Earlier ones were made before the office used the portal.
        called_at = clock.at_local(due_on, time(9)) if due_on <= today else None
        rows.add(
            PlannedVisit, contract_id=contract_id, voucher_id=product.voucher_id, due_on=due_on, called_at=called_at
        )
    values = {**product.__dict__, "contract_id": contract_id, "contract_term": (starts_on, ends_on)}
    return Product(**values)
