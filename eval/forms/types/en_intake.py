"""Patient intake, two pages."""

from __future__ import annotations

from random import Random

from chohyo.domain.templates import FieldType as T
from eval.forms import fonts
from eval.forms.cells import Block, blank, captioned, circles, comb, head, note, ticks
from eval.forms.form import FormType
from eval.forms.furniture import Column, footer, notes, table, underlined
from eval.forms.persona import digits, en_person, some_day
from eval.forms.sheet import Area, Sheet
from eval.forms.values import Case, Meaning

_CONDITION_BAR = "CONDITIONS  (check all that you have or have had)"
_CONDITIONS = (
    "Asthma",
    "Arthritis",
    "Cancer",
    "Depression",
    "Diabetes",
    "Epilepsy",
    "Glaucoma",
    "Heart disease",
    "Hepatitis",
    "High blood pressure",
    "High cholesterol",
    "Kidney disease",
    "Migraine",
    "Stroke",
    "Thyroid disease",
    "Tuberculosis",
)


_JOBS = (
    ("Northgate Supply Co.", "Accountant"),
    ("Self-employed", "Electrician"),
    ("Retired", "None"),
    ("City of Madison", "Bus driver"),
    ("Lakeside Middle School", "Teacher"),
)


_HISTORY = (
    "Have you been in hospital in the past five years?",
    "Have you ever had surgery?",
    "Do you smoke or use tobacco?",
    "Do you drink alcohol?",
    "Do you exercise regularly?",
    "Have you fallen in the past year?",
    "Do you feel safe at home?",
)


def _clinic(sheet: Sheet, page: int, edition: str) -> None:
    sheet.frame(Area(40, 28, 555, 58), 0.0, 0.15)
    sheet.frame(Area(41, 29, 300, 57), 0.0, 1.0)
    sheet.text(48, 48, "Riverside Family Practice", 14, face=fonts.TIMES_BOLD)
    sheet.frame(Area(301, 29, 554, 57), 0.0, 0.9)
    sheet.text(
        428, 48, "PATIENT INTAKE" if page == 1 else "MEDICAL HISTORY", 14, align="center", bold=True
    )
    footer(sheet, f"Intake form, version {edition}", f"Page {page} of 2", middle="CONFIDENTIAL")


def _intake_front(edition: str) -> Sheet:
    sheet = Sheet(lang="en")
    late = edition == "2024"
    _clinic(sheet, 1, edition)
    underlined(sheet, 40, 76, 150, "visit_on", "Today's date", T.DATE)
    underlined(sheet, 400, 76, 155, "chart_no", "Chart no.", T.CODE)
    block = Block(sheet, 88, pitch=1.3)
    _patient(block)
    block.gap(8)
    _insurance(block, late=late)
    block.gap(8)
    block.bar("REASON FOR TODAY'S VISIT", 15)
    block.row(64, blank("reason", "REASON FOR TODAY'S VISIT", 1, lines=3))
    block.row(
        22,
        head("How did you hear about us?", 26),
        ticks(
            "heard",
            "How did you hear about us?",
            74,
            ("Friend or family", "Insurance", "Website", "Other"),
            size=7.5,
        ),
    )
    y = block.close()
    y = notes(sheet, y + 8, _consent(late=late), size=7)
    y = underlined(
        sheet,
        40,
        y + 24,
        340,
        "signature",
        "Signature of patient or guardian",
        T.PERSON_NAME,
        size=8.5,
    )
    underlined(sheet, 395, y - 3, 160, "signed_on", "Date", T.DATE, size=8.5)
    return sheet


def _patient(block: Block) -> None:
    block.bar("PATIENT INFORMATION", 15)
    block.row(
        28,
        captioned("last_name", "Last name", 36, T.PERSON_NAME),
        captioned("first_name", "First name", 36, T.PERSON_NAME),
        captioned("initial", "M.I.", 8),
        captioned("birth", "Date of birth", 20, T.DATE),
    )
    block.row(
        28,
        captioned("address", "Street address", 50, T.ADDRESS),
        captioned("city", "City", 26),
        captioned("state", "State", 9),
        captioned("zip", "ZIP", 15, T.POSTAL_CODE),
    )
    block.row(
        28,
        captioned("home_phone", "Home phone", 28, T.PHONE),
        captioned("cell_phone", "Cell phone", 28, T.PHONE),
        captioned("email", "E-mail", 44, T.EMAIL),
    )
    _patient_details(block)
    block.gap(8)
    block.bar("EMERGENCY CONTACT", 15)
    block.row(
        28,
        captioned("contact", "Name", 42, T.PERSON_NAME),
        captioned("contact_relation", "Relationship", 24),
        captioned("contact_phone", "Phone", 34, T.PHONE),
    )


def _patient_details(block: Block) -> None:
    block.row(
        22,
        head("Sex", 8),
        circles("sex", "Sex", 24, ("Male", "Female")),
        head("Marital status", 16),
        ticks(
            "marital", "Marital status", 52, ("Single", "Married", "Divorced", "Widowed"), size=7.5
        ),
    )
    block.row(
        24,
        head("Social security number", 22),
        comb("ssn", "Social security number", 36, 9, T.SSN, dividers=(3, 5)),
        head("Language", 12),
        blank("language", "Language", 30),
    )
    block.row(
        28,
        captioned("employer", "Employer", 50, T.COMPANY_NAME),
        captioned("occupation", "Occupation", 50),
    )


def _insurance(block: Block, *, late: bool) -> None:
    block.bar("INSURANCE", 15)
    block.row(
        28,
        captioned("insurer", "Insurance company", 40, T.COMPANY_NAME),
        captioned("member_no", "Member ID", 30, T.CODE),
        captioned("group_no", "Group no.", 30, T.CODE),
    )
    last = (
        captioned("copay", "Copay ($)", 30, T.AMOUNT)
        if late
        else captioned("insurer_phone", "Insurer's phone", 30, T.PHONE)
    )
    block.row(
        28,
        captioned("subscriber", "Subscriber's name (if not the patient)", 40, T.PERSON_NAME),
        captioned("subscriber_birth", "Subscriber's date of birth", 30, T.DATE),
        last,
    )


def _consent(*, late: bool) -> list[str]:
    words = [
        "I consent to examination and treatment. I authorize the release of information "
        "needed to process insurance claims, and payment of benefits to the practice. "
        "I understand that I am responsible for charges that my insurance does not cover.",
    ]
    if late:
        words.append("Appointments missed without 24 hours' notice may be charged a fee of $40.")
    return words


def _intake_back(edition: str) -> Sheet:
    sheet = Sheet(lang="en")
    _clinic(sheet, 2, edition)
    underlined(sheet, 40, 76, 300, "patient_name", "Patient name", T.PERSON_NAME)
    underlined(sheet, 395, 76, 160, "birth_again", "Date of birth", T.DATE)
    block = Block(sheet, 88, pitch=1.18)
    block.bar(_CONDITION_BAR, 15)
    block.row(84, ticks("conditions", _CONDITION_BAR, 1, _CONDITIONS, columns=4, several=True))
    block.gap(8)
    _medicines(block)
    block.bar("HISTORY", 15)
    for number, question in enumerate(_HISTORY, start=1):
        block.row(
            20,
            head(question, 46, align="left", shade=None),
            circles(f"history_{number}", question, 14, ("Yes", "No"), size=8),
            blank(f"history_{number}_detail", question, 40, before="If yes:"),
        )
    block.row(
        58,
        note("Family history", 14, size=7.5),
        blank("family_history", "Family history", 86, lines=3),
    )
    block.close()
    underlined(sheet, 40, 786, 300, "reviewed_by", "Reviewed by", T.PERSON_NAME, size=8.5)
    underlined(sheet, 395, 786, 160, "reviewed_on", "Date", T.DATE, size=8.5)
    return sheet


def _medicines(block: Block) -> None:
    block.bar("CURRENT MEDICATIONS", 15)
    columns = (
        Column("drug", "Medication", 40),
        Column("dose", "Dose", 18),
        Column("often", "How often", 22),
        Column("for", "Taken for", 20),
    )
    table(block, columns, 6, prefix="drug", row_height=20)
    block.gap(8)
    block.row(
        16,
        head("ALLERGIES  (drugs, food, latex)", 60, align="left"),
        head("REACTION", 40, align="left"),
    )
    for row in (1, 2, 3):
        block.row(
            19,
            blank(f"allergy_{row}", "ALLERGIES  (drugs, food, latex)", 60),
            blank(f"allergy_{row}_reaction", "REACTION", 40),
        )
    block.gap(8)


def _intake_case(rng: Random) -> Case:
    who, kin, day = en_person(rng), en_person(rng), some_day(rng)
    employer, occupation = rng.choice(_JOBS)
    reviewed = rng.random() < 0.6
    return {
        **_medical(rng),
        "visit_on": day,
        "chart_no": digits(rng, 6),
        "last_name": who.surname,
        "first_name": who.given,
        "initial": rng.choice("ABCEJLMRT"),
        "birth": who.born,
        "patient_name": who.name,
        "birth_again": who.born,
        "address": who.address,
        "city": who.city,
        "state": who.region,
        "zip": who.postal,
        "home_phone": who.phone if rng.random() < 0.5 else None,
        "cell_phone": who.mobile,
        "email": who.email,
        "sex": "Male" if who.male else "Female",
        "marital": rng.choice(["Single", "Married", "Divorced", "Widowed"]),
        "ssn": f"9{digits(rng, 8)}",
        "language": rng.choice(["English", "English", "Spanish", "Japanese"]),
        "employer": employer,
        "occupation": occupation,
        "contact": kin.name,
        "contact_relation": rng.choice(["Spouse", "Parent", "Sibling", "Friend"]),
        "contact_phone": kin.mobile,
        **_visit(rng),
        "signature": who.name,
        "signed_on": day,
        "reviewed_by": f"Dr. {en_person(rng).surname}" if reviewed else None,
        "reviewed_on": day if reviewed else None,
    }


def _visit(rng: Random) -> Case:
    """Return the insurance and the reason for the visit."""
    return {
        "insurer": rng.choice(["Prairie Mutual", "Blue Harbor Insurance", "Allied Farmers"]),
        "member_no": f"{rng.choice('XWJ')}{digits(rng, 9)}",
        "group_no": digits(rng, 5),
        "copay": rng.choice([15, 20, 35]),
        "reason": rng.choice(
            [
                "Annual physical examination",
                "Sore throat and fever since the weekend. No appetite.",
                "Lower back pain after lifting boxes at work. Worse in the morning.",
                "Refill of prescription",
            ]
        ),
        "heard": rng.choice(["Friend or family", "Insurance", "Website", "Other"]),
    }


def _medical(rng: Random) -> Case:
    """Return what the second page tells about the patient's health."""
    drugs = (
        ("Lisinopril", "10 mg", "daily", "blood pressure"),
        ("Metformin", "500 mg", "twice a day", "diabetes"),
        ("Atorvastatin", "20 mg", "at night", "cholesterol"),
        ("Albuterol", "2 puffs", "as needed", "asthma"),
    )
    case: dict[str, Meaning] = {"conditions": tuple(rng.sample(_CONDITIONS, rng.randint(0, 4)))}
    for row, (drug, dose, often, purpose) in enumerate(
        rng.sample(drugs, rng.randint(0, 4)), start=1
    ):
        case |= {
            f"drug_{row}_drug": drug,
            f"drug_{row}_dose": dose,
            f"drug_{row}_often": often,
            f"drug_{row}_for": purpose,
        }
    for row in range(1, rng.choice([0, 1, 1, 2]) + 1):
        case |= {
            f"allergy_{row}": rng.choice(["Penicillin", "Peanuts", "Latex", "Shellfish"]),
            f"allergy_{row}_reaction": rng.choice(["Rash", "Hives", "Swelling"]),
        }
    details = (
        "appendix, 2015",
        "knee, 2018",
        "5 a day",
        "weekends only",
        "walking",
        "once, on stairs",
        "",
    )
    for number, detail in enumerate(details, start=1):
        yes = rng.random() < (0.95 if number == 7 else 0.35)
        case[f"history_{number}"] = "Yes" if yes else "No"
        case[f"history_{number}_detail"] = detail if yes and detail else None
    case["family_history"] = rng.choice(
        [None, "Father: heart attack at 62. Mother: type 2 diabetes.", "Sister: breast cancer."]
    )
    return case


INTAKE = FormType(
    "intake", "Patient intake", "en", ("2021", "2024"), (_intake_front, _intake_back), _intake_case
)
