"""Words of forms, Japanese and English: what they say about a field's type, name and privacy."""

from __future__ import annotations

import re
from typing import Final

from chohyo.domain.templates import FieldType

# Tried in order: those found in a field's label are what it may hold, the first before the others.
# Latin words end at kanji, too, hence ASCII.
TYPE_PATTERNS: Final[tuple[tuple[FieldType, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE | re.ASCII))
    for kind, pattern in (
        (FieldType.EMAIL, r"e-?mail|メール|ﾒｰﾙ|電子メイル"),
        (
            FieldType.PHONE,
            r"電話|℡|携帯|連絡先|ファックス|\bfax\b|\btel\b|phone|mobile|TEL|FAX",
        ),
        (FieldType.POSTAL_CODE, r"〒|郵便番号|\bzip\b|post(al)? ?code|postcode"),
        (
            FieldType.KANA_NAME,
            r"[フふ][リり][ガがカか][ナな]|カナ(?![ダリ])|[よヨ][みミ](?![取込])|読み?仮名|シメイ|\bkana\b|phonetic",
        ),
        (FieldType.MY_NUMBER, r"個人番号(?!等|又|ま|・|又は)|マイナンバー"),
        (FieldType.CORPORATE_NUMBER, r"法人番号"),
        (
            FieldType.BANK_ACCOUNT,
            r"口座(番号|\s?(no\b|№|#)|$)|\b(account|acc?t)\.? (no|number|#)|\biban\b",
        ),
        (FieldType.EIN, r"employer('s)? (identification|id)|\bein\b|\bfein\b"),
        (FieldType.SSN, r"social security (number|no)|\bssn\b(?! ?(or|/))"),
        (
            FieldType.CODE,
            r"保険者番号|登録番号|整理番号|整理記号|貯金通帳|通帳番号|内線|号室|型式|[型品]番|ナンバー|"
            r"記号|番号|コード|証券|社会保障|social security|\bssn\b|\bitin\b|\btin\b|\bvin\b|"
            r"identif\w+ number|routing|\bcode\b|\bno\b\.?$|\bno\.(?! ?of\b)|\bnumber\b(?! of\b)|"
            r"\bid\b|\bextension\b|"
            r"licen[sc]e|policy|passport|reference|\bserial\b|\bsku\b|[#№]",
        ),
        (
            FieldType.DATE,
            r"生年月日|年月日|提出日|作成日|記入日|発行日|交付日|届出日|期日|期限|日付|"
            r"[診療発取得受始了付込望開有].{0,2}日$|納期|締切|有効期|"
            r"[^曜土平休祝半全毎本当翌隔即末今昨明何各連同\d\s]日((明治|大正|昭和|平成|令和)年?)?$|"
            r"period (begins?|ends?|from|to)\b|deliver(ed|y)? (by|date)|\bdue (by|on)\b|"
            r"valid (from|until|through)|\bdate\b|\bdob\b|birth(day|date)|mm/dd|dd/mm|\bexpir|"
            r"\bdated\b|\bborn( on)?$",
        ),
        (
            FieldType.TIME,
            r"時刻|時間帯|開始時|終了時|[始終]業$|[出退]勤時|"
            r"\btime\b(?!s)|\bclock (in|out)\b|\bstart(s|ed)? at\b",
        ),
        (
            FieldType.COMPANY_NAME,
            r"会社(?!員)|法人名|事業所名|事業所.{0,3}名称|勤務先(?!.*学校)|商号|屋号|名称|医療機関名|病院名|団体名|"
            r"[支本]?社名|取引先|仕入先|発注先|得意先|[取販代加]\S{0,2}店名?$|業者名?$|"
            r"company|employer(?!.*(number|ein))|business name|organi[sz]ation|firm\b|"
            r"financial institution|bank name|銀行|金融機関|"
            r"\b(vendor|supplier|manufacturer|carrier|insurer|lender|lienholder|dealer|agency|"
            r"institution|hospital|clinic|pharmacy)( name)?$",
        ),
        (
            FieldType.ADDRESS,
            r"住所|所在地|居所|本籍|address|street|送付先$|届け?先$|mailing|domicile|residence$",
        ),
        (
            FieldType.PERSON_NAME,
            r"氏名|名前|お名前|姓名|連絡先|代表者|担当者|医師名|署名|世帯主|保護者|申請者|届出人|名義人?$|"
            r"(?<![法個本求])人$|(?<=.)様$|[者士師]$|[職社役委会組店教]員$|ご?担当$|受取人|"
            r"\bname\b|signature|applicant|spouse|preparer|\bfirst\b|\blast\b|surname|"
            r"\b(prepared|approved|reviewed|received|requested|submitted|authori[sz]ed|checked|"
            r"issued|witnessed|signed|completed|certified|ordered|inspected|verified|filed) by\b|"
            r"^(\S+ ){0,2}(supervisor|manager|director|officer|buyer|seller|attendee|attorney|"
            r"physician|doctor|nurse|guardian|parent|landlord|tenant|driver|owner|beneficiary|patient|"
            r"student|employee|travell?er|witness|notary|representative|contact( person)?|"
            r"passenger|guest|holder|claimant|borrower|lessee|lessor|taxpayer|insured)$",
        ),
        (FieldType.PERCENT, r"%|％|パーセント|percent|割合|[税利料比効]率|率$|\brate\b"),
        (
            FieldType.AMOUNT,
            r"金額|合計額|税額|控除額|支払額|料金|価格|単価|報酬|給与|賃金|収入|所得|手当|負担額|"
            r"[¥￥]|小計|総計|合計|請求額|残高|年収|月収|時給|日給|月給|"
            r"(?<![材資原飲衣塗染燃])料$|(?<![消])費$|(?<![世年時現交])代$|[額賃価計]$|"
            r"(?<![年料現預貯資借税基合成針白])金$|"
            r"amount|total|income|\btax\b|wages|credit|deduct|"
            r"payment|balance|\bfees?\b|price|cost|\$|subtract|multiply|add lines?|salary|refund|"
            r"expenses?|gain|loss|interest|dividend|freight|shipping|handling|deposit|premium|"
            r"co-?pay|\brent\b|charges?\b|discount|\bfare\b|\bpaid\b|\bdue$|donation|budget|"
            r"allowance|reimburse",
        ),
        (
            FieldType.INTEGER,
            r"年齢|人数|件数|回数|日数|個数|数量|枚数|点数|身長|体重|員数|台数|本数|部数|冊数|年数|月数|"
            r"\bage\b|how many|number of|\bno\. ?of\b|quantity|\bqty\b|\bcount\b|\bhours\b|"
            r"\bovertime\b|時間数|"
            r"\bminutes?\b|\bmiles?\b|mileage|odometer|\bheight\b|\bweight\b",
        ),
    )
)

# Words for a sum, of money or of anything that is counted.
SUM: Final = re.compile(r"\b(grand )?total( of)?\b|[合総小累]計|の計$", re.IGNORECASE)

# A rate that the form prints in a label: the value is what it comes to.
PRINTED_RATE: Final = re.compile(r"[（(]?\s*\d+(\.\d+)?\s*[%％]\s*[)）]?")

# The unit that a label names in brackets at its end.
LABEL_UNIT: Final = re.compile(r"[(\[〔]\s*(?:単位[:：]?)?([^()\[\]〔〕]{1,6}?)\s*[)\]〕]\s*$")

# Print directly behind a field says what stands in front of it, as does a unit in its label.
UNIT_TYPES: Final[dict[str, FieldType]] = {
    **dict.fromkeys(("円", "千円", "万円", "百万円", "億円", "$", "¥", "usd"), FieldType.AMOUNT),
    **dict.fromkeys(("%", "パーセント"), FieldType.PERCENT),
    **dict.fromkeys(
        (
            *"歳才人名回件個枚点本台冊部泊箱口戸頭年月日週分秒",
            *("ヶ月", "か月", "ヵ月", "カ月", "日間", "週間", "年間", "時間", "分間"),
            *("cm", "kg", "mm", "lbs", "lb", "inches", "miles", "yrs"),
            *("min", "mins", "minutes", "hours", "hrs", "days", "weeks", "months", "years"),
        ),
        FieldType.INTEGER,
    ),
}

PRIVATE_LABEL: Final = re.compile(
    r"生年月日|誕生|個人番号|マイナンバー|口座|被保険者|免許|旅券|病名|傷病|性別|本籍|"
    r"\bcity\b|\btown\b|county|"
    r"birth|\bdob\b|social security|\bssn\b|\bitin\b|taxpayer|account|routing|passport|licen[sc]e",
    re.IGNORECASE,
)

# What Japanese labels are called in field names; longer words first win.
ENGLISH: Final[dict[str, str]] = {
    "生年月日": "birth_date", "年月日": "date", "氏名": "name", "名前": "name", "姓名": "name",
    "フリガナ": "kana", "ふりがな": "kana", "カナ": "kana", "住所": "address",
    "居所": "residence", "所在地": "address", "電話番号": "phone", "電話": "phone",
    "携帯": "mobile", "連絡先": "contact", "ファックス": "fax", "メールアドレス": "email",
    "メール": "email", "郵便番号": "postal_code", "〒": "postal_code", "性別": "sex",
    "年齢": "age", "職業": "occupation", "職種": "job_type", "勤務先": "employer",
    "会社": "company", "法人": "corporation", "事業所": "office", "事業主": "business_owner",
    "事業": "business", "名称": "name", "代表者": "representative", "担当者": "person_in_charge",
    "担当医": "doctor", "担当": "in_charge", "申請者": "applicant", "申請": "application",
    "申込者": "applicant", "申込": "application", "届出人": "notifier", "届出": "notification",
    "提出日": "submission_date", "提出": "submission", "記入日": "entry_date",
    "作成日": "created_date", "作成": "created", "発行日": "issue_date", "発行": "issue",
    "交付": "issue", "支払": "payment", "請求": "invoice", "金額": "amount", "合計": "total",
    "小計": "subtotal", "総計": "grand_total", "税額": "tax_amount", "消費税": "consumption_tax",
    "源泉徴収": "withholding", "所得税": "income_tax", "税込": "tax_included", "税抜": "before_tax",
    "税": "tax", "控除": "deduction",
    "給与": "salary", "報酬": "remuneration", "賞与": "bonus", "収入": "income",
    "所得": "income", "月額": "monthly_amount", "年額": "yearly_amount", "数量": "quantity",
    "単価": "unit_price", "品名": "item", "品目": "item", "摘要": "remarks", "備考": "remarks",
    "特記事項": "special_notes", "理由": "reason", "目的": "purpose", "内容": "content",
    "銀行": "bank", "金融機関": "financial_institution", "支店": "branch",
    "口座番号": "account_number", "口座名義": "account_holder", "口座": "account",
    "預金": "deposit", "種別": "kind", "種類": "kind", "区分": "category", "番号": "number",
    "個人番号": "my_number", "マイナンバー": "my_number", "法人番号": "corporate_number",
    "被保険者": "insured", "保険者": "insurer", "保険": "insurance", "記号": "symbol",
    "整理": "reference", "登録": "registration", "証": "certificate", "続柄": "relationship",
    "世帯主": "household_head", "配偶者": "spouse", "扶養": "dependent", "親族": "relative",
    "家族": "family", "本人": "self", "保護者": "guardian", "患者": "patient", "医師": "doctor",
    "医療機関": "medical_institution", "病院": "hospital", "診療科": "department",
    "病名": "disease", "傷病": "illness", "診断": "diagnosis", "診療": "treatment",
    "症状": "symptoms", "経過": "course", "治療": "therapy", "処方": "prescription",
    "検査": "test", "結果": "result", "身長": "height", "体重": "weight", "腹囲": "waist",
    "血圧": "blood_pressure", "視力": "eyesight", "聴力": "hearing", "既往歴": "medical_history",
    "業務歴": "work_history", "自覚": "subjective", "他覚": "objective", "所見": "findings",
    "意見": "opinion", "健康": "health", "健診": "checkup", "入院": "hospitalized",
    "外来": "outpatient", "件数": "cases", "日数": "days", "回数": "times", "人数": "people",
    "点数": "points", "負担": "copayment", "開始": "start", "終了": "end", "期間": "period",
    "期限": "deadline", "資格": "qualification", "取得": "acquisition", "喪失": "loss",
    "取得日": "acquisition_date", "署名": "signature", "押印": "seal", "印": "seal",
    "役職": "position", "部署": "division", "部門": "division", "学校": "school",
    "学歴": "education", "学年": "grade", "国籍": "nationality", "在留": "residence",
    "車両": "vehicle", "住民票": "resident_record", "紹介": "referral", "現在": "current",
    "主たる": "main", "従たる": "secondary", "その他": "other", "時間": "time", "時刻": "time",
    "場所": "place", "日付": "date", "日": "date", "商品": "product", "注文": "order",
    "納品": "delivery", "見積": "estimate", "宛先": "recipient", "件名": "subject",
    "電子": "electronic", "号": "number", "コード": "code", "氏": "family_name",
    "月日": "date", "年月": "year_month", "年度": "fiscal_year", "加入": "enrolment",
    "加入者": "member", "会員": "member", "会費": "membership_fee", "入会": "admission",
    "退会": "withdrawal", "費目": "expense_item", "費用": "expense", "経費": "expense",
    "旅費": "travel_expense", "交通費": "transport_expense", "宿泊": "lodging",
    "出張": "business_trip", "出発": "departure", "到着": "arrival", "経路": "route",
    "区間": "section", "利用": "use", "利用者": "user", "料金": "charge", "手数料": "fee",
    "保険料": "premium", "基準額": "base_amount", "支給": "payment", "手当": "allowance",
    "差引": "net", "残高": "balance", "前回": "previous", "今回": "current", "入金": "receipt",
    "出金": "withdrawal", "振込": "transfer", "振込先": "transfer_destination",
    "科目": "account_title", "勘定": "account", "金融": "finance", "名義": "holder",
    "名義人": "holder", "支店名": "branch_name", "銀行名": "bank_name", "会社名": "company_name",
    "事業所名": "office_name", "学校名": "school_name", "商品名": "product_name", "単位": "unit",
    "規格": "specification", "型番": "model_number", "在庫": "stock", "点検": "inspection",
    "確認": "confirmation", "承認": "approval", "決裁": "approval", "受付": "reception",
    "受領": "receipt", "受取": "receipt", "受取人": "recipient", "送付": "dispatch",
    "送付先": "destination", "依頼": "request", "依頼者": "requester", "依頼人": "requester",
    "報告": "report", "報告者": "reporter", "報告日": "report_date", "調査": "survey",
    "契約": "contract", "契約者": "contractor", "契約日": "contract_date", "更新": "renewal",
    "変更": "change", "変更前": "before_change", "変更後": "after_change", "新規": "new",
    "休暇": "leave", "有給": "paid_leave", "勤務": "work", "勤務時間": "working_hours",
    "残業": "overtime", "休憩": "break", "出勤": "attendance", "退勤": "leaving_work",
    "退職": "retirement", "入社": "joining_company", "採用": "employment", "雇用": "employment",
    "社員": "employee", "社員番号": "employee_number", "従業員": "employee", "所属": "affiliation",
    "課": "section", "係": "section", "氏名又は名称": "name", "本籍": "registered_domicile",
    "世帯": "household", "同居": "living_together", "別居": "living_apart", "子": "child",
    "父": "father", "母": "mother", "夫": "husband", "妻": "wife", "緊急": "emergency",
    "緊急連絡先": "emergency_contact", "自宅": "home", "携帯電話": "mobile_phone",
    "都道府県": "prefecture", "市区町村": "municipality", "番地": "street_number",
    "建物": "building", "物件": "property", "賃料": "rent", "敷金": "deposit", "礼金": "key_money",
    "面積": "area", "用途": "use", "構造": "structure", "土地": "land", "家屋": "house",
    "車名": "vehicle_name", "車種": "vehicle_type", "運転": "driving", "免許": "licence",
    "免許証": "licence", "有効": "valid", "有効期限": "expiry_date", "開始日": "start_date",
    "終了日": "end_date", "期日": "due_date", "納期": "delivery_date", "納入": "payment",
    "年金": "pension", "基礎年金番号": "pension_number", "国民": "national", "厚生": "welfare",
    "介護": "nursing_care", "認定": "certification", "要介護": "care_level", "主治医": "doctor",
    "看護": "nursing", "訪問": "visit", "薬": "medicine", "薬局": "pharmacy", "用法": "dosage",
    "用量": "dose", "体温": "temperature", "脈拍": "pulse", "身体": "body", "障害": "disability",
    "等級": "grade", "手帳": "handbook", "税率": "tax_rate", "率": "rate", "額": "amount",
    "料": "fee", "数": "count", "計": "total", "年": "year", "月": "month", "備品": "equipment",
    "品番": "item_number", "明細": "details", "項目": "item", "予定": "planned", "実績": "actual",
    "希望": "desired", "回答": "answer", "質問": "question", "評価": "rating", "点": "points",
    "出身": "origin", "専攻": "major", "卒業": "graduation", "入学": "enrolment",
    "資格名": "qualification_name", "趣味": "hobby", "動機": "motive", "志望": "motivation",
    "伝票": "slip", "帳票": "form", "様式": "form", "書類": "document", "添付": "attached",
    "記入者": "person_filling_in", "代理人": "agent", "相手": "counterpart",
    "相手先": "counterpart",
    "主": "main", "副": "secondary", "前年": "previous_year", "本年": "this_year",
    "社会": "social", "生命": "life", "地震": "earthquake", "住宅": "housing",
    "借入": "borrowing", "借入金": "loan", "納付": "payment", "還付": "refund",
    "徴収": "collection", "扶養親族": "dependents", "老人": "elderly", "特定": "specified",
}  # fmt: skip
