"""Application for vehicle title and registration."""

from __future__ import annotations

from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms import fonts
from eval.forms.cells import Block, blank, captioned, circles, comb, head, ticks
from eval.forms.form import FormType
from eval.forms.furniture import footer, notes, underlined
from eval.forms.persona import Person, digits, en_person, some_day
from eval.forms.sheet import Area, Sheet
from eval.forms.values import Case

_CARS = (
    ("Falcon", "Meridian"),
    ("Falcon", "Trailrunner"),
    ("Norwood", "Sedan LX"),
    ("Norwood", "Hauler 250"),
    ("Kestrel", "Compact S"),
    ("Kestrel", "Vista"),
    ("Aldine", "Roadster"),
    ("Aldine", "Family Van"),
)


_COLORS = ("White", "Black", "Silver", "Blue", "Red", "Green", "Gray")


_BODIES = ("Sedan", "Coupe", "Pickup", "Van", "SUV", "Motorcycle", "Trailer", "Other")


def _vehicle(edition: str) -> Sheet:
    sheet = Sheet(lang="en")
    late = edition == "2023"
    _vehicle_head(sheet)
    block = Block(sheet, 98, pitch=1.3)
    block.row(
        22,
        head("Application for", 16),
        ticks(
            "purpose",
            "Application for",
            84,
            ("Title and plates", "Title only", "Renewal", "Transfer of plates", "Duplicate"),
        ),
    )
    block.gap(7)
    _vehicle_section(block)
    block.gap(7)
    _owner_section(block, "owner", "2. OWNER")
    block.gap(7)
    _owner_section(block, "coowner", "3. CO-OWNER (IF ANY)")
    block.gap(7)
    _lien_and_fees(block, late=late)
    y = block.close()
    y = notes(sheet, y + 7, _vehicle_words(late=late), size=6.8)
    y = underlined(
        sheet, 40, y + 24, 340, "signature", "Signature of owner", T.PERSON_NAME, size=8.5
    )
    underlined(sheet, 395, y - 3, 160, "signed_on", "Date", T.DATE, size=8.5)
    footer(
        sheet,
        f"MV-82W ({'8/23' if late else '2/20'})",
        "Keep a copy for your records",
        middle="PAGE 1 OF 1",
    )
    return sheet


def _vehicle_head(sheet: Sheet) -> None:
    sheet.text(40, 42, "STATE OF WINNEMAC", 9, face=fonts.TIMES_BOLD)
    sheet.text(40, 53, "Department of Motor Vehicles", 8, face=fonts.TIMES)
    sheet.text(
        297, 78, "APPLICATION FOR VEHICLE TITLE AND REGISTRATION", 14, align="center", bold=True
    )
    sheet.text(
        297,
        90,
        "Print in black ink or type. Incomplete applications will be returned.",
        7.5,
        align="center",
        face=fonts.TIMES_ITALIC,
    )
    sheet.frame(Area(420, 28, 555, 62), 0.6)
    sheet.text(424, 36, "FOR OFFICE USE ONLY", 5.5)
    sheet.blank(
        "office_plate", "FOR OFFICE USE ONLY", Area(424, 38, 551, 60), T.CODE, align="center"
    )


def _vehicle_section(block: Block) -> None:
    block.bar("1. VEHICLE", 14, 8)
    block.row(
        24,
        head("Vehicle identification\nnumber (VIN)", 18, size=7),
        comb("vin", "Vehicle identification number (VIN)", 82, 17),
    )
    block.row(
        27,
        captioned("year", "Year", 10, T.INTEGER),
        captioned("make", "Make", 20),
        captioned("model", "Model", 24),
        captioned("color", "Color", 16),
        captioned("cylinders", "Cylinders", 12, T.INTEGER),
        captioned("odometer", "Odometer reading", 18, T.INTEGER),
    )
    block.row(
        36,
        head("Body type", 12),
        ticks("body", "Body type", 54, _BODIES, columns=4),
        head("Fuel", 8),
        ticks("fuel", "Fuel", 36, ("Gasoline", "Diesel", "Electric", "Hybrid"), columns=2),
    )
    block.row(
        22,
        head("Purchased", 12),
        blank("bought_on", "Purchased", 22, T.DATE),
        head("Condition", 12),
        circles("condition", "Condition", 24, ("New", "Used")),
        head("Price", 8),
        blank("price", "Price", 22, T.AMOUNT, align="right", before="$"),
    )


def _owner_section(block: Block, who: str, words: str) -> None:
    block.bar(words, 14, 8)
    block.row(
        27,
        captioned(f"{who}_name", "Name (last, first, middle)", 56, T.PERSON_NAME),
        captioned(f"{who}_born", "Date of birth", 20, T.DATE),
        captioned(f"{who}_licence", "Driver license no.", 24, T.CODE),
    )
    block.row(
        27,
        captioned(f"{who}_address", "Street address", 44, T.ADDRESS),
        captioned(f"{who}_city", "City", 26),
        captioned(f"{who}_state", "State", 10),
        captioned(f"{who}_zip", "ZIP code", 20, T.POSTAL_CODE),
    )
    block.row(
        27,
        captioned(f"{who}_phone", "Daytime telephone", 30, T.PHONE),
        captioned(f"{who}_email", "E-mail address", 50, T.EMAIL),
        captioned(f"{who}_county", "County", 20),
    )


def _lien_and_fees(block: Block, *, late: bool) -> None:
    block.bar("4. LIEN AND INSURANCE", 14, 8)
    block.row(
        27,
        captioned("lender", "Lienholder (write NONE if none)", 40, T.COMPANY_NAME),
        captioned("insurer", "Insurance company", 34, T.COMPANY_NAME),
        captioned("policy_no", "Policy number", 26, T.CODE),
    )
    fees = [
        ("fee_title", "Title fee"),
        ("fee_plate", "Plate fee"),
        ("fee_tax", "Sales tax"),
        ("fee_total", "TOTAL"),
    ]
    if late:
        fees.insert(2, ("fee_road", "Road use fee"))
    block.row(30, *(captioned(name, label, 1, T.AMOUNT, align="right") for name, label in fees))


def _vehicle_words(*, late: bool) -> list[str]:
    words = [
        "I certify, under penalty of perjury, that the information given on this "
        "application is true, that the vehicle is insured as the law requires, "
        "and that no other title or registration for it is in force in this or another state.",
        "Bring or send: proof of ownership, proof of insurance, "
        "proof of identity, and payment. Do not send cash.",
    ]
    if late:
        words.append(
            "Electric vehicles registered after July 1, 2023 "
            "pay a yearly road use fee in place of the fuel tax."
        )
    return words


def _owner(who: str, person: Person, rng: Random) -> Case:
    return {
        f"{who}_name": f"{person.surname}, {person.given} {rng.choice('ABCEJLMRT')}.",
        f"{who}_born": person.born,
        f"{who}_licence": f"{person.surname[0]}{digits(rng, 8)}",
        f"{who}_address": person.address,
        f"{who}_city": person.city,
        f"{who}_state": person.region,
        f"{who}_zip": person.postal,
        f"{who}_phone": person.phone,
        f"{who}_email": person.email,
        f"{who}_county": rng.choice(["Lincoln", "Jefferson", "Clay", "Marion", "Greene"]),
    }


def _vehicle_case(rng: Random) -> Case:
    who, day = en_person(rng), some_day(rng)
    make, model = rng.choice(_CARS)
    price = rng.randint(18, 420) * 100
    tax = price * 6 // 100
    title, plate = 35, rng.choice([28, 46, 64])
    case = dict(_owner("owner", who, rng))
    if rng.random() < 0.3:
        case |= _owner("coowner", en_person(rng), rng)
    return case | {
        "purpose": rng.choice(["Title and plates", "Title only", "Renewal", "Transfer of plates"]),
        "vin": "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(17)),
        "year": str(rng.randint(2002, day.year)),
        "make": make,
        "model": model,
        "color": rng.choice(_COLORS),
        "cylinders": rng.choice([4, 4, 6, 8]),
        "odometer": rng.randint(12, 168000),
        "body": rng.choice(_BODIES[:5]),
        "fuel": rng.choice(["Gasoline", "Gasoline", "Diesel", "Hybrid"]),
        "bought_on": day,
        "condition": rng.choice(["New", "Used", "Used"]),
        "price": price,
        "lender": rng.choice(["NONE", "First Lakeside Bank", "County Credit Union"]),
        "insurer": rng.choice(["Prairie Mutual", "Blue Harbor Insurance", "Allied Farmers"]),
        "policy_no": f"{rng.choice('ABKP')}{digits(rng, 9)}",
        "fee_title": title,
        "fee_plate": plate,
        "fee_tax": tax,
        "fee_total": title + plate + tax,
        "signature": who.name,
        "signed_on": day,
    }


VEHICLE = FormType(
    "vehicle", "Vehicle registration", "en", ("2020", "2023"), (_vehicle,), _vehicle_case
)
