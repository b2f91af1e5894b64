// Printed from schemas/*.avsc by schemas/generate.ts: change those, then run: npm run generate

/** One matter (事项) reported by a citizen, a grid worker, a device or another office: the unit of the unified stream. domain.md §2. All times are milliseconds since epoch, UTC; the JSON form shows them at +08:00. PII 1 = personal, PII 2 = sensitive (never on the unified stream in clear); not marked = none. */
export interface Item {
  /** UUIDv5 (RFC URL namespace) of source.system:source.recordId, so re-reading gives the same id; a reused number (ID_REUSED) appends #2, #3… */
  readonly itemId: string;
  /** 1, 2, 3…: sequence of the item's published states, without a gap. Source: item writer. */
  readonly revision: number;
  /** 1, 2, 3…: corrections by the source (更正重发). Source: item writer. */
  readonly contentRevision: number;
  /** Version of this model, for example 1.0.0. */
  readonly schemaVersion: string;
  /** Request kind (咨询 求助 投诉 举报 建议 表扬 纠纷 隐患 报警 诉讼服务 其他). Source: mapped by the connector. */
  readonly kind: ItemKind;
  /** Origin of the record. */
  readonly source: Source;
  /** When it happened (事发时间), ms since epoch. Source: the record; null when it does not say. */
  readonly occurredAt: number | null;
  /** Precision of occurredAt as the source gave it; UNKNOWN when occurredAt is null. */
  readonly occurredPrecision: TimePrecision;
  /** Accepted by the source (受理时间), ms since epoch; starts the clocks towards the citizen. Source: the record. */
  readonly reportedAt: number;
  /** The source's last change, ms since epoch. Source: the record. */
  readonly sourceUpdatedAt: number | null;
  /** Read by the hub, ms since epoch on the hub's clock; never used for deadlines. */
  readonly ingestedAt: number;
  /** Title; scrubbed: phones, ids and names of private persons replaced by [PHONE]… PII 1. */
  readonly title: string;
  /** Text of the matter, scrubbed like the title. PII 1. */
  readonly body: string;
  /** Attachments in the source's order. PII 1. */
  readonly attachments: readonly Attachment[];
  /** Where it is. */
  readonly place: Place;
  /** Who reported it. */
  readonly reporter: Reporter;
  /** Whom it is about; null when the record names nobody. */
  readonly subject: Subject | null;
  /** What it is about. */
  readonly category: Category;
  /** State of the closed loop (domain.md §7), for example IN_PROGRESS; checked against its registry. */
  readonly status: string;
  /** The source's own word for its state. */
  readonly sourceStatus: string | null;
  /** Last note on the state. Source: the record or the department. */
  readonly statusNotes: string | null;
  /** Harm. Source: mapped by the connector, MEDIUM when it does not say. */
  readonly severity: Severity;
  /** Urgency. Source: mapped by the connector. */
  readonly urgency: Urgency;
  /** Facts about harm; null when the record gives none. */
  readonly impact: Impact | null;
  /** MEDIA, REPEAT, LEADER_NOTE, PETITION, MINOR, WEAPON, SUICIDE, HOLIDAY…: a growing list, checked against its registry. */
  readonly signals: readonly string[];
  /** Group of the same matter: UUIDv5 of its earliest member, a lone item's own; old ids stay aliases. */
  readonly clusterId: string;
  /** Distinct reporters in the cluster; kept up to date on the primary only. */
  readonly clusterSize: number | null;
  /** Item that carries the handling; null when this one does. */
  readonly primaryItemId: string | null;
  /** Relations to other items: that by which it belongs to its cluster, those to matters that stay apart (SIBLING, RECURRENCE, RELATED), and on the primary all members. */
  readonly links: readonly Link[];
  /** Class and reasons. */
  readonly classification: Classification;
  /** URGENT by cheap certain signals at intake (SOS, MMSI 970/972/974, source 特急, fire or poisoning category): overtakes the queue. */
  readonly priority: Priority;
  /** Who handles it. */
  readonly route: Route;
  /** Due times. */
  readonly deadlines: Deadlines;
  /** How it came about. */
  readonly lineage: Lineage;
  /** NO_PLACE, COORD_GUESSED, COORD_SWAPPED, DATE_AMBIGUOUS, ID_REUSED, TEXT_TRUNCATED, ENCODING_FIXED, PHONE_MASKED, FUTURE_TIME…: what was guessed or repaired. */
  readonly quality: readonly string[];
  /** Only on a department topic; null while the organisation holds the item. */
  readonly removed: Removed | null;
  /** How it came in; not LIVE = history mode. */
  readonly origin: Origin;
  /** Allow-listed extras of the source, as text. */
  readonly ext: Readonly<Record<string, string>>;
}

/** Request kind; the first five are the national hotline scope (国办发〔2020〕53号). */
export type ItemKind = 'CONSULTATION' | 'HELP' | 'COMPLAINT' | 'REPORT' | 'SUGGESTION' | 'PRAISE' | 'DISPUTE' | 'HAZARD' | 'ALERT' | 'COURT_SERVICE' | 'OTHER';

/** Where the item comes from and where its untouched record lies. */
export interface Source {
  /** Registry id of one of the ten sources, for example hotline-12345. */
  readonly system: string;
  /** PHONE, WEB, APP, WECHAT, WALK_IN, LETTER, PATROL, SENSOR, MEDIA, SUPERIOR or TRANSFER; a growing list, checked against its registry. */
  readonly channel: string;
  /** The source's own number of the record. */
  readonly recordId: string;
  /** The source's update sequence or update time, as it gives it. */
  readonly recordVersion: string | null;
  /** Other orders' numbers named by the source (旧工单编号, 转来文号), as system:number. */
  readonly relatedIds: readonly string[];
  /** Form of the untouched record. */
  readonly rawFormat: RawFormat;
  /** Where the untouched record lies: raw.<source>/<recordId>@<sha256>; a restricted topic or store. */
  readonly rawRef: string;
  /** SHA-256 of the untouched record, 64 lower-case hex digits. */
  readonly rawSha256: string;
}

/** Form in which the source delivered the record. */
export type RawFormat = 'JSON' | 'XML' | 'CSV' | 'XLSX' | 'ROW' | 'NMEA' | 'OTHER';

/** How exactly a time was given; a day alone stands at 00:00 +08:00. */
export type TimePrecision = 'SECOND' | 'MINUTE' | 'DAY' | 'UNKNOWN';

/** A picture, recording or document: a reference, never the bytes. PII 1. */
export interface Attachment {
  /** Reference into the attachment store, or the source's own path while the hub has not fetched it. */
  readonly ref: string;
  /** Kind of the attachment. */
  readonly kind: AttachmentKind;
  /** Media type (RFC 6838), for example image/jpeg; null when the source does not say. */
  readonly mediaType: string | null;
  /** Size in bytes; null while not fetched. */
  readonly sizeBytes: number | null;
  /** SHA-256 of the bytes, 64 lower-case hex digits; null while not fetched. */
  readonly sha256: string | null;
  /** When it was taken or recorded, ms since epoch. Source: the record. */
  readonly takenAt: number | null;
}

/** Kind of an attachment; DOC is any file. */
export type AttachmentKind = 'IMAGE' | 'AUDIO' | 'VIDEO' | 'DOC';

/** Where it is: address, administrative and grid codes, WGS-84 point and the point as delivered. */
export interface Place {
  /** Address text down to street and site. Source: the record. PII 1. */
  readonly address: string | null;
  /** Building, unit and room (楼-单元-室), split off the address. PII 2: vault and lead department only. */
  readonly premise: string | null;
  /** 6, 9 or 12 digits: county (GB/T 2260), town 3, village 3. */
  readonly adminCode: string | null;
  /** First 6 digits of adminCode, when known. */
  readonly districtCode: string | null;
  /** First 9 digits of adminCode, when known. */
  readonly townCode: string | null;
  /** All 12 digits of adminCode, when known. */
  readonly communityCode: string | null;
  /** Grids of the place; it may lie in a basic and in dedicated ones. */
  readonly grids: readonly Grid[];
  /** Longitude, degrees, WGS-84. PII 1. */
  readonly lon: number | null;
  /** Latitude, degrees, WGS-84. PII 1. */
  readonly lat: number | null;
  /** Accuracy of the point, metres. PII 1. */
  readonly accuracyM: number | null;
  /** Coordinate system of rawX and rawY; null without a point. */
  readonly coordSystem: CoordSystem | null;
  /** First coordinate as delivered, before conversion (longitude, or x of the local system). PII 1. */
  readonly rawX: number | null;
  /** Second coordinate as delivered, before conversion (latitude, or y of the local system). PII 1. */
  readonly rawY: number | null;
  /** Where the point came from; NONE without a point. */
  readonly locatedBy: LocatedBy;
  /** Component code, scenic spot, vessel or lift. Source: the record. */
  readonly assetId: string | null;
}

/** A grid cell the place lies in; codes are compared only within one scheme. */
export interface Grid {
  /** Grid code (一格一码), resolved through the effective-dated grid registry. */
  readonly code: string;
  /** Net of the code. */
  readonly scheme: GridScheme;
  /** Kind of the grid. */
  readonly kind: GridKind;
}

/** Which net the code belongs to: social governance, city-management unit grid (GB/T 30428, 15 digits), or another. */
export type GridScheme = 'SOCIAL' | 'CITY_UNIT' | 'OTHER';

/** Basic or dedicated grid (基础/专属网格). */
export type GridKind = 'BASIC' | 'DEDICATED' | 'OTHER';

/** Coordinate system of a delivered point. */
export type CoordSystem = 'WGS84' | 'GCJ02' | 'BD09' | 'CGCS2000' | 'CITY_LOCAL' | 'UNKNOWN';

/** Where a point came from; grid centroids must not join duplicates by distance. */
export type LocatedBy = 'SOURCE' | 'GEOCODED' | 'GRID_CENTROID' | 'VESSEL' | 'NONE';

/** Who reported it, masked. PII 1. */
export interface Reporter {
  /** hk<keyNo>: + HMAC-SHA256 of the E.164 phone (else of the id number): same person across sources, not reversible without the key. Null when the source masks. PII 1. */
  readonly ref: string | null;
  /** Who reported it. */
  readonly kind: ReporterKind;
  /** Masked name, for example 王**. PII 1. */
  readonly nameMasked: string | null;
  /** Masked phone, for example 138****8000. PII 1. */
  readonly phoneMasked: string | null;
  /** Token for the contact vault (vault:…); reading it is an audited event; lead department only. PII 1. */
  readonly contactRef: string | null;
  /** Asked for secrecy (是否保密). */
  readonly confidential: boolean;
  /** Persons behind this record (诉求人数), 1 unless the source says more. */
  readonly count: number;
}

/** Who reports. */
export type ReporterKind = 'CITIZEN' | 'ENTERPRISE' | 'GRID_WORKER' | 'OFFICIAL' | 'SENSOR' | 'VESSEL' | 'ANONYMOUS' | 'UNKNOWN';

/** Whom the matter is about (被反映对象). PII 1. */
export interface Subject {
  /** Kind of the subject. */
  readonly kind: SubjectKind;
  /** Name; masked for a person. PII 1. */
  readonly name: string | null;
  /** 统一社会信用代码, MMSI…; never for a person. PII 1. */
  readonly ref: string | null;
}

/** Kind of a subject; an unknown one is protected like a person. */
export type SubjectKind = 'ORG' | 'PERSON' | 'VESSEL' | 'SITE' | 'VEHICLE';

/** Canonical category and how it was found (domain.md §4). */
export interface Category {
  /** Canonical code, for example URB.GARBAGE; a growing list, checked against the catalogue. */
  readonly code: string;
  /** How the code was found: source code mapped, keyword rule, model, person. */
  readonly method: CategoryMethod;
  /** Confidence of the code, 0 to 1. */
  readonly confidence: number;
  /** First-level classes, best first, at most three. */
  readonly subject: readonly SubjectClass[];
  /** The source's own code, never overwritten. */
  readonly sourceCode: string | null;
  /** The source's own path of names, never overwritten. */
  readonly sourceName: string | null;
}

/** How a category was found; an unknown way is trusted like a model. */
export type CategoryMethod = 'MAPPED' | 'RULE' | 'MODEL' | 'MANUAL';

/** A first-level class of the government content scheme. */
export interface SubjectClass {
  /** Name of the class, for example 城乡建设. */
  readonly name: string;
  /** Confidence, 0 to 1. */
  readonly confidence: number;
}

/** Harm done or threatening. */
export type Severity = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

/** Urgency as hotlines grade it (一般, 紧急, 特急). */
export type Urgency = 'NORMAL' | 'URGENT' | 'EXTRA_URGENT';

/** Facts about harm; null = unknown, which is not 0. */
export interface Impact {
  /** Persons dead. */
  readonly deaths: number | null;
  /** Persons injured or ill. */
  readonly injured: number | null;
  /** Persons missing. */
  readonly missing: number | null;
  /** Persons affected or gathered. */
  readonly peopleAffected: number | null;
  /** Money at stake, yuan (CNY) with two decimals; a decimal string such as 386.00 in code and JSON. */
  readonly amountCny: string | null;
}

/** A relation to another item (domain.md §6). */
export interface Link {
  /** The other item. */
  readonly itemId: string;
  /** MIRROR, SAME_PERSON, SAME_MATTER, SENSOR_HUMAN, SIBLING, RECURRENCE or RELATED; checked against its registry. */
  readonly relation: string;
  /** Score of the pair, 0 to 1; 1.0 for a link by identity. */
  readonly score: number;
  /** How the pair was found, for example QUOTED_NUMBER. */
  readonly method: string;
  /** Version of the rules or the model that scored it. */
  readonly ruleVersion: string;
  /** Who decided the link. */
  readonly decidedBy: DecidedBy;
  /** When it was decided, ms since epoch. */
  readonly decidedAt: number;
  /** What the score is made of; null for a person's link and for a member that the primary lists. */
  readonly parts: ScoreParts | null;
}

/** Who decided. */
export type DecidedBy = 'RULE' | 'MODEL' | 'PERSON';

/** Parts of a pair's score, 0 to 1 each; null where one side knows nothing about it. */
export interface ScoreParts {
  /** How much of the texts is the same. */
  readonly text: number | null;
  /** How near the places are. */
  readonly place: number | null;
  /** How near the times are. */
  readonly time: number | null;
  /** How near the categories are. */
  readonly category: number | null;
  /** Whether it is the same reporter. */
  readonly reporter: number | null;
  /** Whether it is the same unit of a building. */
  readonly premise: number | null;
}

/** Class of the item, the procedure that follows from it, and why (domain.md §5). */
export interface Classification {
  /** Class. */
  readonly itemClass: ItemClass;
  /** Procedure that follows from the class. */
  readonly procedure: Procedure;
  /** Why, strongest first. */
  readonly reasons: readonly ClassReason[];
  /** Who decided; a person may lower a class. */
  readonly decidedBy: DecidedBy;
  /** When the class was decided, ms since epoch. */
  readonly decidedAt: number;
  /** Class before the last change. */
  readonly previousClass: string | null;
}

/** Class of an item (普通, 专业, 重大). */
export type ItemClass = 'ORDINARY' | 'SPECIALIZED' | 'MAJOR' | 'UNCLASSIFIED';

/** Procedure of a class (分流派办, 归口移交, 提交督办). */
export type Procedure = 'DISPATCH' | 'TRANSFER' | 'SUPERVISE' | 'NONE';

/** Why an item has its class. */
export interface ClassReason {
  /** Rule code of domain.md §5, for example M10. */
  readonly code: string;
  /** The reason in Chinese, with the words or numbers that fired it. */
  readonly text: string;
  /** The words or numbers themselves; empty for the default rule. */
  readonly evidence: string;
  /** Id of the rule in the catalogue. */
  readonly ruleId: string;
  /** Version of the rule. */
  readonly ruleVersion: string;
}

/** Lane of an item. */
export type Priority = 'NORMAL' | 'URGENT';

/** Who handles it. Organisation ids: domain.md §4. */
export interface Route {
  /** Lead organisation (主办); for a town or company the instance, for example town-command-330903003. */
  readonly leadDepartment: string;
  /** Co-handling organisations (协办). */
  readonly coDepartments: readonly string[];
  /** Level at which it is handled. */
  readonly level: RouteLevel;
  /** Why it goes there, in Chinese. */
  readonly reason: string;
}

/** Level of handling (区—镇街—社区). */
export type RouteLevel = 'DISTRICT' | 'TOWN' | 'COMMUNITY';

/** Due times, ms since epoch; null = not applicable (domain.md §5). */
export interface Deadlines {
  /** Sign (签收) by; runs from delivery to the organisation. */
  readonly signBy: number | null;
  /** First contact with the reporter by; runs from delivery to the organisation. */
  readonly contactBy: number | null;
  /** Accept or refuse (受理) by; runs from reportedAt. */
  readonly acceptBy: number | null;
  /** Resolve (办结) by; runs from reportedAt. */
  readonly resolveBy: number | null;
  /** resolveBy after a granted extension (延期). */
  readonly extendedTo: number | null;
  /** Rule that gave the times, for example ORD-COMPLAINT. */
  readonly slaId: string;
  /** Version of the working-day calendar, for example CN-2026.1. */
  readonly calendarId: string;
}

/** How the record became this item. */
export interface Lineage {
  /** W3C trace id, 32 lower-case hex digits. */
  readonly traceId: string;
  /** Batch, page or file the record came in. */
  readonly correlationId: string | null;
  /** Steps in order. */
  readonly steps: readonly LineageStep[];
}

/** One step: connector, normalizer, dedup, classifier, router… */
export interface LineageStep {
  /** Name of the step. */
  readonly step: string;
  /** Component that did it. */
  readonly component: string;
  /** Version of the component or its data. */
  readonly version: string;
  /** When, ms since epoch, as decisions count time (ingestedAt or the command's at). */
  readonly at: number;
  /** Input that the step acted on. */
  readonly inputRef: string | null;
}

/** The item left this organisation (event WITHDRAWN_FROM_YOU). */
export interface Removed {
  /** Why it left. */
  readonly reason: RemovedReason;
  /** New owner, or the primary item for LINKED; null where there is none to name. */
  readonly to: string | null;
  /** When it left, ms since epoch. */
  readonly at: number;
}

/** Why an item left an organisation. */
export type RemovedReason = 'LINKED' | 'REROUTED' | 'RECLASSED' | 'WITHDRAWN' | 'CONFIDENTIAL';

/** How a record came in; not LIVE = history mode, so an unknown way notifies nobody. */
export type Origin = 'LIVE' | 'BACKFILL' | 'REPLAY';

/** What is known of one warning since this record: value of hub.warnings, keyed by warningId. A warning's newest record by issuedAt, then by offset, counts; a clearing ends what was set before it, also where it arrives first. */
export interface Warning {
  /** Id of the warning, derived (runtime/core/ids.ts): w- and ten letters. */
  readonly warningId: string;
  /** SET gives the whole warning anew; CLEARED only ends it at `until`. */
  readonly status: WarningStatus;
  /** Type of the catalogue (warnings.json), for example TYPHOON. */
  readonly type: string;
  /** Colour. */
  readonly level: WarningLevel;
  /** Area ids of the catalogue (areas.json), most exact first where the issuer gives an order. */
  readonly areas: readonly string[];
  /** In force from then on, ms since epoch. */
  readonly from: number;
  /** In force up to then, exclusive, ms since epoch; null = until it is cleared. */
  readonly until: number | null;
  /** When its issuer said so, ms since epoch, on the issuer's clock: orders the records of one warning. */
  readonly issuedAt: number;
  /** Id of the source, or account of the person. */
  readonly issuer: string;
  /** The issuer's own number of it; null where it has none. */
  readonly reference: string | null;
  /** What it says, or why it was set or cleared. */
  readonly text: string;
  /** When the record was appended, ms since epoch on the hub's clock; no decision looks at it. */
  readonly at: number;
}

/** Whether a warning is set or ended. */
export type WarningStatus = 'UNKNOWN' | 'SET' | 'CLEARED';

/** Colour of a Chinese warning, lowest first. */
export type WarningLevel = 'UNKNOWN' | 'BLUE' | 'YELLOW' | 'ORANGE' | 'RED';

/** Everything that may change an item: one record on hub.input, .urgent or .history, keyed by baseId. One nullable field per kind; a new kind is a new nullable field, and an unknown kind halts its partition instead of being skipped (design.md §3). */
export interface ItemInput {
  /** Id of the input, derived (UUIDv5), never random: the same cause gives the same id, so it is applied once. */
  readonly inputId: string;
  /** Which of the fields below is set. */
  readonly kind: InputKind;
  /** inputId or command that led to this input; null for a cause outside the hub. */
  readonly causeId: string | null;
  /** source:recordId, the key of the topic: all generations of one record number share a writer. */
  readonly baseId: string;
  /** When it was appended, ms since epoch on the hub's clock; the only now that decisions know. */
  readonly at: number;
  /** Microseconds, strictly rising per producer: order of one record's inputs across the lanes. */
  readonly seq: number;
  /** How it came in; not LIVE = history mode. */
  readonly origin: Origin;
  /** Catalogue version stamped when it was appended; decisions use this one. */
  readonly catalogueVersion: string;
  /** Set for SOURCE_RECORD. */
  readonly sourceRecord: SourceRecord | null;
  /** Set for RECLASS. */
  readonly reclass: Reclass | null;
  /** Set for DEPARTMENT_EVENT. */
  readonly departmentEvent: DepartmentEvent | null;
  /** Set for REASSESS. */
  readonly reassess: Reassess | null;
  /** Set for CLUSTER. */
  readonly cluster: ClusterCommand | null;
  /** Set for PAIR_WORD. */
  readonly pairWord: PairWord | null;
  /** Set for WARNING. */
  readonly warning: WarningLook | null;
}

/** Kind of an input; UNKNOWN stands for a kind newer than the reader. */
export type InputKind = 'UNKNOWN' | 'SOURCE_RECORD' | 'RECLASS' | 'DEPARTMENT_EVENT' | 'REASSESS' | 'CLUSTER' | 'PAIR_WORD' | 'WARNING';

/** A source's record, normalized by its connector but neither scrubbed nor masked: internal, PII 2. */
export interface SourceRecord {
  /** Registry id of the source, for example hotline-12345. */
  readonly system: string;
  /** PHONE, WEB, APP, WECHAT, WALK_IN, LETTER, PATROL, SENSOR, MEDIA, SUPERIOR or TRANSFER. */
  readonly channel: string;
  /** The source's own number of the record. */
  readonly recordId: string;
  /** The source's update sequence or update time, as it gives it; compared before contentHash (stale). */
  readonly recordVersion: string | null;
  /** Other orders' numbers named by the source, as system:number. */
  readonly relatedIds: readonly string[];
  /** Form of the untouched record. */
  readonly rawFormat: RawFormat;
  /** Where the untouched record lies: raw.<source>/<recordId>@<sha256>. */
  readonly rawRef: string;
  /** SHA-256 of the untouched record, 64 lower-case hex digits. */
  readonly rawSha256: string;
  /** SHA-256 of the fields the connector declares as content (without volatile ones and status), before scrubbing: equal = redelivery, else correction. */
  readonly contentHash: string;
  /** Request kind. */
  readonly kind: ItemKind;
  /** When it happened, ms since epoch; null when the record does not say. */
  readonly occurredAt: number | null;
  /** Precision of occurredAt as given. */
  readonly occurredPrecision: TimePrecision;
  /** Accepted by the source, ms since epoch. */
  readonly reportedAt: number;
  /** The source's last change, ms since epoch. */
  readonly sourceUpdatedAt: number | null;
  /** Read by the hub, ms since epoch on the hub's clock. */
  readonly ingestedAt: number;
  /** Title as the source gave it. PII 2 (unscrubbed). */
  readonly title: string;
  /** Text as the source gave it. PII 2 (unscrubbed). */
  readonly body: string;
  /** Attachments in the source's order. */
  readonly attachments: readonly Attachment[];
  /** Where it is, codes and point already converted. */
  readonly place: Place;
  /** Who reported it. */
  readonly reporter: RawReporter;
  /** Whom it is about; null when the record names nobody. */
  readonly subject: Subject | null;
  /** Category as the source gives it. */
  readonly sourceCategory: SourceCategory;
  /** The source's own word for its state. */
  readonly sourceStatus: string | null;
  /** Event type of domain.md §7 that the source's status word maps to; null when it maps to none. */
  readonly sourceEvent: string | null;
  /** Last note on the state. PII 2 (unscrubbed). */
  readonly statusNotes: string | null;
  /** Harm. */
  readonly severity: Severity;
  /** Urgency. */
  readonly urgency: Urgency;
  /** Facts about harm; null when the record gives none. */
  readonly impact: Impact | null;
  /** Signals that the record itself shows. */
  readonly signals: readonly string[];
  /** Lane, by cheap certain signals. */
  readonly priority: Priority;
  /** What was guessed or repaired. */
  readonly quality: readonly string[];
  /** Allow-listed extras of the source, as text. */
  readonly ext: Readonly<Record<string, string>>;
  /** W3C trace id, 32 lower-case hex digits. */
  readonly traceId: string;
  /** Batch, page or file the record came in. */
  readonly correlationId: string | null;
}

/** Who reported it, unmasked. PII 2. */
export interface RawReporter {
  /** hk<keyNo>: + HMAC-SHA256 of the E.164 phone; null when the source masks or knows none. PII 1. */
  readonly ref: string | null;
  /** Who reported it. */
  readonly kind: ReporterKind;
  /** Name as the source gave it, masked or not. PII 1. */
  readonly name: string | null;
  /** Phone as the source gave it, masked or not. PII 1. */
  readonly phone: string | null;
  /** Asked for secrecy (是否保密). */
  readonly confidential: boolean;
  /** Persons behind this record (诉求人数), 1 unless the source says more. */
  readonly count: number;
}

/** Category as the source gives it. */
export interface SourceCategory {
  /** Canonical code (domain.md §4) when the connector maps it. */
  readonly code: string | null;
  /** The source's own code. */
  readonly sourceCode: string | null;
  /** The source's own path of names. */
  readonly sourceName: string | null;
}

/** A person's decision on a class. */
export interface Reclass {
  /** Item whose class is decided. */
  readonly itemId: string;
  /** Class it shall have. */
  readonly itemClass: ItemClass;
  /** Who decided: account of the person. */
  readonly actor: string;
  /** Why, in the person's words. */
  readonly reason: string;
}

/** What an organisation did with an item. */
export interface DepartmentEvent {
  /** Item it acted on. */
  readonly itemId: string;
  /** Event type of domain.md §7, for example SIGNED. */
  readonly type: string;
  /** Organisation that acted. */
  readonly organisation: string;
  /** Who acted there: account or role. */
  readonly actor: string;
  /** When it acted, ms since epoch, on its own clock. */
  readonly at: number;
  /** Why, where the event needs a reason (RETURNED, REJECTED…). */
  readonly reason: string | null;
}

/** Look again for earlier items: an item near this one has come, changed or gone (design.md §4 point 3). */
export interface Reassess {
  /** The later item, which owns the pair. */
  readonly itemId: string;
  /** The item that is the cause. */
  readonly otherId: string;
  /** Put its entry again and look for later items as well: it could not when it changed, or the index has lost it since. */
  readonly bothWays: boolean;
}

/** Where an item stands in its cluster, as the resolver has decided (design.md §4 point 4). */
export interface ClusterCommand {
  /** The item that is told. */
  readonly itemId: string;
  /** Its place from now on. */
  readonly membership: Membership;
}

/** An item's place in a cluster. */
export interface Membership {
  /** Rises with each command to this item; an older one is void. */
  readonly epoch: number;
  /** UUIDv5 of the cluster's earliest member; a lone item's own. */
  readonly clusterId: string;
  /** The item that carries the handling; the item itself when it does. */
  readonly primaryItemId: string;
  /** When it was decided, ms since epoch. */
  readonly at: number;
  /** Distinct reporters of the whole cluster; 0 except on the primary. */
  readonly reporters: number;
  /** Most distinct reporters in any 7 days (M10); 0 except on the primary. */
  readonly reporters7d: number;
  /** Highest own class among the other members; UNCLASSIFIED except on the primary. */
  readonly memberClass: ItemClass;
  /** By which other member it belongs to the cluster; null on the primary and for a lone item. */
  readonly joined: Member | null;
  /** The other members in their total order; empty except on the primary. */
  readonly members: readonly Member[];
}

/** Another member of the cluster. */
export interface Member {
  /** The member. */
  readonly itemId: string;
  /** Relation by which it joined. */
  readonly relation: string;
  /** Score of the pair by which it joined. */
  readonly score: number;
  /** A person has linked it. */
  readonly byPerson: boolean;
}

/** A person's word on two items; outranks every score. */
export interface PairWord {
  /** The later of the two, which owns the pair. */
  readonly itemId: string;
  /** The earlier of the two. */
  readonly otherId: string;
  /** What the person says. */
  readonly word: PairWordKind;
  /** Who said it: account of the person. */
  readonly actor: string;
  /** Who is to decide, for NONE. */
  readonly assignee: string | null;
  /** Why, in the words of the person. */
  readonly reason: string;
}

/** NONE leaves the pair to the score and only names who is to look at it. */
export type PairWordKind = 'NONE' | 'LINK' | 'UNLINK';

/** Look again at the warnings: one that may concern the item was set, changed or cleared. */
export interface WarningLook {
  /** The item that is to look. */
  readonly itemId: string;
  /** The warning that is the cause. */
  readonly warningId: string;
}

/** One decision or step in an item's life (domain.md §7); order by seq, not by arrival. */
export interface ItemEvent {
  /** Id of the event, derived from item and seq. */
  readonly eventId: string;
  /** Item it belongs to. */
  readonly itemId: string;
  /** source:recordId of the item. */
  readonly baseId: string;
  /** 1, 2, 3… per item, without a gap. */
  readonly seq: number;
  /** Event name of domain.md §7, for example ITEM_RECEIVED; a growing list, checked against its registry. */
  readonly type: string;
  /** When it happened, ms since epoch: the source's or the actor's time. */
  readonly at: number;
  /** When the hub learned of it, ms since epoch on the hub's clock. */
  readonly ingestedAt: number;
  /** Kind of the actor. */
  readonly actorKind: ActorKind;
  /** Who: component, source, account or organisation. */
  readonly actor: string;
  /** Why, in the words of whoever acted. */
  readonly reason: string | null;
  /** References to what proves it. */
  readonly evidence: readonly string[];
  /** inputId of the input that led to it. */
  readonly causeId: string;
  /** Revision of the item that shows it; null when it changed nothing published. */
  readonly revision: number | null;
  /** It arrived after events that happened later; kept and marked. */
  readonly late: boolean;
  /** W3C trace id, 32 lower-case hex digits. */
  readonly traceId: string | null;
  /** Further facts of this event type, as text. */
  readonly data: Readonly<Record<string, string>>;
}

/** Kind of an actor. */
export type ActorKind = 'HUB' | 'SOURCE' | 'PERSON' | 'DEPARTMENT';

/** The item writer's memory of one item: value of hub.state, internal, PII 2. */
export interface ItemState {
  /** The item. */
  readonly itemId: string;
  /** source:recordId of the item. */
  readonly baseId: string;
  /** 1 for the first use of a record number, 2… after ID_REUSED. */
  readonly generation: number;
  /** Highest generation known of this baseId; kept on generation 1. */
  readonly generations: number;
  /** Corrections accepted so far, from 1. */
  readonly contentRevision: number;
  /** Last published revision; 0 before the first. */
  readonly revision: number;
  /** seq of the last event; 0 before the first. */
  readonly eventSeq: number;
  /** Record version last accepted. */
  readonly recordVersion: string | null;
  /** Source update time last accepted, ms since epoch. */
  readonly sourceUpdatedAt: number | null;
  /** Content hash last accepted. */
  readonly contentHash: string;
  /** reportedAt of the generation's first accepted record, ms since epoch, fixed for ever; with itemId the order of items. */
  readonly orderKeyAt: number;
  /** State of the closed loop (domain.md §7). */
  readonly status: string;
  /** Organisations that have signed (签收). */
  readonly signedBy: readonly string[];
  /** Catalogue version of the last decision. */
  readonly catalogueVersion: string;
  /** How the current record came in. */
  readonly origin: Origin;
  /** The current record. */
  readonly record: SourceRecord;
  /** Facts of the last decision. */
  readonly facts: FactCounts;
  /** Null while no person has decided. */
  readonly personClass: PersonClass | null;
  /** Class before the last change, for Item.classification.previousClass. */
  readonly previousClass: string | null;
  /** Lower class that waits for a person, because a department has signed. */
  readonly suggestedClass: string | null;
  /** Class in force. */
  readonly itemClass: ItemClass;
  /** Procedure in force. */
  readonly procedure: Procedure;
  /** Codes of the rules that fired last. */
  readonly firedRules: readonly string[];
  /** Lead organisation in force. */
  readonly leadDepartment: string;
  /** Co-handling organisations in force. */
  readonly coDepartments: readonly string[];
  /** Level of handling in force. */
  readonly level: RouteLevel;
  /** Organisations whose topic holds the item now. */
  readonly departments: readonly string[];
  /** When the item was delivered to its present lead, ms since epoch. */
  readonly deliveredAt: number | null;
  /** Digest of what the last revision showed, apart from times, lineage, scores and revision. */
  readonly publishedDigest: string;
  /** External command ids already applied, newest last. */
  readonly appliedIds: readonly string[];
  /** inputIds of other lanes processed ahead of their turn, to be skipped there. */
  readonly takenAlong: readonly string[];
  /** ingestedAt of the generation's first accepted record, ms since epoch, fixed for ever; null: as orderKeyAt. */
  readonly firstIngestedAt: number | null;
  /** When its own matter was closed, ms since epoch, on the clock of whoever closed it; null while it is open. */
  readonly closedAt: number | null;
  /** Class that the item has of itself, without its cluster. */
  readonly ownClass: ItemClass;
  /** Null before the item was ever indexed. */
  readonly entry: StoredEntry | null;
  /** Pairs that this item owns, in the order of their ids. */
  readonly pairs: readonly Pair[];
  /** Words of persons, in the order of the other items' ids. */
  readonly pairWords: readonly SaidOfPair[];
  /** Its place in a cluster; null while the resolver has said nothing. */
  readonly membership: Membership | null;
  /** Null when it has looked for its links since it last changed. */
  readonly unlinked: UnlinkedPending | null;
}

/** Facts from links, departments and clocks; 0 until known. */
export interface FactCounts {
  /** Most distinct reporters in any 7 days of the cluster (M10). */
  readonly distinctReporters7d: number;
  /** Returns (退单) by departments so far (M13). */
  readonly returns: number;
  /** Times closed and reopened (M14). */
  readonly reopenings: number;
  /** Times not solved on callback (M14). */
  readonly notSolved: number;
  /** Whole working days past resolveBy after one reminder (M12). */
  readonly overdueWorkingDays: number;
  /** Highest own class among the members that follow this primary; UNCLASSIFIED when there are none. */
  readonly memberClass: ItemClass;
  /** Warnings that concern the item, in the order of their ids. */
  readonly warnings: readonly WarningFact[];
  /** Records of hub.warnings that the decision knew: the end of the topic. */
  readonly warningsVersion: number;
}

/** A warning that was in force where and when the item was told. */
export interface WarningFact {
  /** The warning. */
  readonly warningId: string;
  /** Type of the catalogue. */
  readonly type: string;
  /** Colour. */
  readonly level: WarningLevel;
  /** Area of the catalogue by which it concerns the item. */
  readonly area: string;
}

/** A person's decision on the class that is in force. */
export interface PersonClass {
  /** Class decided. */
  readonly itemClass: ItemClass;
  /** Who decided. */
  readonly actor: string;
  /** Why, in the words of the person. */
  readonly reason: string;
  /** When, ms since epoch. */
  readonly at: number;
  /** Input that carried the decision. */
  readonly inputId: string;
}

/** The item's entry in the dedup index; what is there can be rebuilt from here. */
export interface StoredEntry {
  /** Rises with every change of the entry. */
  readonly version: number;
  /** Version of the linker that made the features. */
  readonly linkerVersion: string;
  /** Hash of the features: a verdict on a pair counts only while both hashes are current. */
  readonly hash: string;
  /** Blocking keys, unsigned 32-bit. */
  readonly keys: readonly number[];
  /** What the linker compares. */
  readonly features: Buffer;
}

/** A verdict on this item and an earlier one. */
export interface Pair {
  /** The earlier item. */
  readonly otherId: string;
  /** source:recordId of the earlier item. */
  readonly otherBaseId: string;
  /** When the earlier item was first read, ms since epoch: once it has left the index, the verdict stands as it is. */
  readonly otherIngestedAt: number;
  /** Hash of this item's features when it was scored. */
  readonly hash: string;
  /** Hash of the other's features when it was scored. */
  readonly otherHash: string;
  /** What the score says; NONE where only a person has spoken. */
  readonly outcome: PairOutcome;
  /** Relation as on Link. */
  readonly relation: string;
  /** 0 to 1. */
  readonly score: number;
  /** What the score is made of. */
  readonly parts: ScoreParts | null;
  /** Which evidence decided. */
  readonly method: string;
  /** Version of the linker. */
  readonly ruleVersion: string;
  /** When it was first so, ms since epoch. */
  readonly decidedAt: number;
}

/** What the two are to each other; see PairScore in runtime/processor.ts. */
export type PairOutcome = 'NONE' | 'MADE' | 'SUGGESTED' | 'APART' | 'FORBIDDEN';

/** The last word of a person on a pair that this item owns. */
export interface SaidOfPair {
  /** The earlier item. */
  readonly otherId: string;
  /** What was said. */
  readonly word: PairWordKind;
  /** Who said it. */
  readonly actor: string;
  /** Who is to decide. */
  readonly assignee: string | null;
  /** Why, in the words of the person. */
  readonly reason: string;
  /** When, ms since epoch. */
  readonly at: number;
}

/** UNLINKED_PENDING: it could not look for its links, as the index failed or was not whole; hub.unlinked has it look again. */
export interface UnlinkedPending {
  /** Time of the first input since which it has not looked, ms since epoch. */
  readonly since: number;
  /** Blocking keys that it had since then and before: who is near these must hear of it. */
  readonly keys: readonly number[];
}

/** What the cluster resolver goes by: facts of items (key itemId) and verdicts on pairs (key ownerId/otherId). Value of hub.links, internal; a null value takes a verdict back. */
export interface LinkRecord {
  /** inputId that led to it. */
  readonly causeId: string;
  /** The cause's time, ms since epoch. */
  readonly at: number;
  /** How the cause came in. */
  readonly origin: Origin;
  /** Catalogue version of the cause; derived commands inherit it. */
  readonly catalogueVersion: string;
  /** Set for the fact of an item. */
  readonly item: ItemFact | null;
  /** Set for the verdict on a pair. */
  readonly pair: PairFact | null;
}

/** What the resolver must know of an item. */
export interface ItemFact {
  /** The item. */
  readonly itemId: string;
  /** source:recordId of the item. */
  readonly baseId: string;
  /** With itemId the total order of items, ms since epoch. */
  readonly orderKeyAt: number;
  /** Hash of its current features. */
  readonly hash: string;
  /** Pseudonym of its reporter; null when there is none. */
  readonly reporterRef: string | null;
  /** Persons behind the record. */
  readonly reporterCount: number;
  /** Class that it has of itself. */
  readonly ownClass: ItemClass;
  /** An organisation has signed it, or has gone further. */
  readonly signed: boolean;
  /** It was over at its source before it was ever sent out. */
  readonly sleeping: boolean;
  /** When its matter was closed, ms since epoch; null while it is open. */
  readonly closedAt: number | null;
}

/** What the resolver must know of a pair. */
export interface PairFact {
  /** The later item. */
  readonly ownerId: string;
  /** The earlier item. */
  readonly otherId: string;
  /** Hash of the owner's features when it was scored. */
  readonly ownerHash: string;
  /** Hash of the other's features when it was scored. */
  readonly otherHash: string;
  /** What the score says. */
  readonly outcome: PairOutcome;
  /** Relation as on Link. */
  readonly relation: string;
  /** 0 to 1. */
  readonly score: number;
  /** What a person says; outranks the score. */
  readonly word: PairWordKind;
  /** When the person said it, ms since epoch: of links that contradict each other the newest stand. Null without a word, and of words older than this field. */
  readonly saidAt: number | null;
}

/** The cluster resolver's memory of one item that has, or had, a pair: value of hub.clusters, internal. */
export interface ClusterMemory {
  /** The item. */
  readonly itemId: string;
  /** Its last fact; null when a pair was told of before the item. */
  readonly fact: ItemFact | null;
  /** Every verdict in which it is one of the two. */
  readonly pairs: readonly PairFact[];
  /** The last command sent to it. */
  readonly told: Membership | null;
}

/** The newest that is known of one vessel, merged from its AIS messages (ITU-R M.1371-5). Value of hub.vessels, key MMSI, compacted, restricted; about one record a second and vessel at most. What a sender marks as not available is null. */
export interface VesselPosition {
  /** Maritime Mobile Service Identity (ITU-R M.585), nine digits; 412 to 414 are China's ships. As broadcast: devices are copied and set wrongly. */
  readonly mmsi: string;
  /** By the first digits of the MMSI (ITU-R M.585): AUXILIARY 98 craft of a mother ship, SAR_AIRCRAFT 111, SART 970 search and rescue transmitter, MOB 972 man overboard device, EPIRB 974 radio beacon. */
  readonly kind: VesselKind;
  /** Class of the AIS device: A from types 1 to 3, 5 and 27, B from 18, 19 and 24; OTHER for aircraft, and where it is not known yet. */
  readonly stationClass: StationClass;
  /** Source id of the connector: smart-ocean. */
  readonly source: string;
  /** Receiver of the newest message, as host:port of the configuration. */
  readonly receiver: string | null;
  /** When the newest message of any kind was received, ms since epoch: by the receiver's tag block, else by the hub's clock. AIS itself sends no date. */
  readonly heardAt: number;
  /** When the position below was received, ms since epoch; null while there is none. */
  readonly positionAt: number | null;
  /** Longitude, degrees, WGS-84, east positive (types 1 to 3, 9, 18, 19, 27). */
  readonly lon: number | null;
  /** Latitude, degrees, WGS-84, north positive. */
  readonly lat: number | null;
  /** Better than 10 m by the sender's word. */
  readonly isAccurate: boolean | null;
  /** Speed over ground, knots; 102.2 is that or more. */
  readonly speedKn: number | null;
  /** Course over ground, degrees true. */
  readonly courseDeg: number | null;
  /** Heading, degrees true. */
  readonly headingDeg: number | null;
  /** Rate of turn, degrees a minute, right positive; null also where a ship without an indicator says only that it turns. */
  readonly turnDegPerMin: number | null;
  /** Altitude of an aircraft, metres (type 9); 4094 is that or more. */
  readonly altitudeM: number | null;
  /** Navigational status: 0 under way with engine, 1 at anchor, 2 not under command, 3 restricted, 4 constrained by draught, 5 moored, 6 aground, 7 fishing, 8 sailing, 14 active SART, MOB or EPIRB, 15 not defined. */
  readonly navStatus: number | null;
  /** JUMP: the number is being heard also where this vessel cannot have gone, the position stays the one before. CLONED: both places go on being heard, so two devices have the number; the position is that of the one heard first. */
  readonly doubt: PositionDoubt;
  /** When static data was last received (types 5, 19, 24), ms since epoch; null while the hub has heard none since it started. */
  readonly staticAt: number | null;
  /** Ship's name as broadcast, in the 64 characters of AIS. */
  readonly name: string | null;
  /** Call sign. */
  readonly callSign: string | null;
  /** IMO number (type 5). */
  readonly imo: number | null;
  /** Type of ship and cargo, ITU-R M.1371-5 table 53: 30 fishing, 52 tug, 60 to 69 passenger, 70 to 79 cargo, 80 to 89 tanker. */
  readonly shipType: number | null;
  /** Metres from the antenna to the bow; 511 is that or more. Null where all four are zero. */
  readonly toBowM: number | null;
  /** Metres from the antenna to the stern. */
  readonly toSternM: number | null;
  /** Metres from the antenna to the port side; 63 is that or more. */
  readonly toPortM: number | null;
  /** Metres from the antenna to the starboard side. */
  readonly toStarboardM: number | null;
  /** Present draught, metres; 25.5 is that or more (type 5). */
  readonly draughtM: number | null;
  /** Destination, typed by the crew (type 5). */
  readonly destination: string | null;
}

/** What has the number. */
export type VesselKind = 'SHIP' | 'AUXILIARY' | 'SAR_AIRCRAFT' | 'SART' | 'MOB' | 'EPIRB' | 'OTHER';

/** Class of an AIS device. */
export type StationClass = 'A' | 'B' | 'OTHER';

/** Whether the position is believed. */
export type PositionDoubt = 'NONE' | 'JUMP' | 'CLONED';
