/**
 * What a field is, told by its name.
 *
 * Loggers name the same thing in many ways (`ts`, `@timestamp`, `eventTime`). Names are compared without case and punctuation. Where a
 * record has several fields of one role, the one that stands first in the list here wins, then the one less deep in the object.
 */

/** What a field is good for: `text` may hold an error and is kept whole, `other` only where the prefilter finds something in it. */
export type RoleName = "time" | "day" | NameRole | "trace" | "span" | "text" | "other";

/** Roles of fields that name the writer: `service` is what it calls itself, the others are what is written around it. */
export type NameRole = "service" | "resource" | "container" | "unit" | "pod" | "host" | "stream" | "group" | "file";

/** A role and how well the name fits it: lower is better. */
export interface Role {
  readonly name: RoleName;
  readonly rank: number;
}

function words(text: string): readonly string[] {
  return text.split(" ");
}

const TIMES = words(
  "timestamp time ts timeunixnano sourcerealtimetimestamp realtimetimestamp datetime eventtime asctime timestampms timems " +
    "timestampnanos logtime timelocal date t instant timemillis timestampmillis timestampseconds timenanos epochms epoch unixtime dt " +
    "eventtimestamp eventcreated timeutc timestamputc timestamplocal createdat loggedat collecttime observedtimestamp timegenerated timegeneratedutc timecreated " +
    "starttime edgeendtimestamp receivedat ingestiontime zeitstempel zeitpunkt zeit uhrzeit horodatage fecha fechahora",
);

const NAMES: Readonly<Record<NameRole, readonly string[]>> = {
  service: words(
    "servicename service svc svcname ddservice attributesservicename psm applicationname application appname app servicecontextservice " +
      "approlename cloudrolename entityname dienst servicio",
  ),
  resource: words("resourceservicename resourceattributesservicename resourceattributesk8sdeploymentname cfappname"),
  container: words("containername container containerappname nomadtaskname"),
  unit: words(
    "syslogidentifier systemdunit programname program ident processname processimagepath sourcename providername winlogprovidername",
  ),
  pod: words("podname pod"),
  host: words("hostname"),
  stream: words("logstreamname logstream awslogstream cloudwatchlogstream"),
  group: words("loggroupname loggroup awsloggroup cloudwatchloggroup tag sourcecategory"),
  file: words("logfilepath filepath filename file source"),
};

/** What an orchestrator or a log store calls the writer in its labels: strongest first. */
const LABELS: Readonly<Partial<Record<NameRole, readonly string[]>>> = {
  resource: words(
    "servicename service appkubernetesioname k8spodappkubernetesioname k8sapp k8spodk8sapp k8spodapp app appname kubeappname deploymentname deployment kubedeployment workload svc " +
      "comdockercomposeservice comdockerswarmservicename",
  ),
  container: words("containername container taskname task"),
  unit: words("syslogidentifier systemdunit unit ident"),
  pod: words("podname pod"),
  file: words("filename"),
};

/** Objects that hold labels, and such around them. */
const LABELS_IN =
  /^(?:\w*labels|stream|structured_?metadata|fields|metric|metadata|attributes|attrs|resource|kubernetes|k8s|docker|tags|ddtags|dimensions|properties|syslog|\w+attributes)$/i;

function rolesOf(
  lists: Readonly<Partial<Record<NameRole, readonly string[]>>>,
  rank: number,
): ReadonlyMap<string, Role> {
  return new Map(
    Object.entries(lists).flatMap(([role, names]) =>
      names.map((name, i) => [name, { name: role as NameRole, rank: rank + i }] as const),
    ),
  );
}

/** What names the writer, by the squeezed name of the field; and by what stands below an object of labels. */
const NAME_ROLES = rolesOf(NAMES, 0);
const LABEL_ROLES = rolesOf(LABELS, 20);

/** Names of fields that may hold an error, without case and punctuation: the last part of a dotted name. */
export const TEXT_NAMES: readonly string[] = words(
  "message msg err error errmsg errormessage errorverbose exception exceptionmessage stack stacktrace stacktrace errorstack body text log " +
    "reason cause description details detail event status statusmessage grpcmessage textpayload m mt summary title why fault failure panic " +
    "line raw shortmessage fullmessage logline logmessage logentry rawdata renderedmessage original payload syslogmessage",
);
const TEXTS: ReadonlySet<string> = new Set(TEXT_NAMES);

function lastPart(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? name : name.slice(dot + 1);
}

/** Headings of tables and exports in other alphabets, by the name that is known here. */
const TRANSLATED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    time: "时间 日志时间 发生时间 采集时间 時間 日時 时间戳 時刻 время дата_и_время 시간",
    service:
      "服务 服务名 服务名称 应用 应用名 应用名称 服務 服務名稱 サービス サービス名 сервис служба приложение 서비스",
    container: "容器 容器名 容器名称 コンテナ контейнер",
    pod: "实例 实例名 实例名称 容器组",
    hostname: "主机 主机名 主机名称 ホスト ホスト名 хост",
    level: "级别 日志级别 等级 レベル уровень",
    message: "消息 消息内容 内容 日志 日志内容 信息 訊息 メッセージ ログ сообщение текст 메시지",
    error: "错误 错误信息 異常 异常 エラー ошибка",
    traceid: "链路id 追踪id 跟踪id",
  }).flatMap(([name, others]) => words(others).map((other) => [other, name] as const)),
);

/** A name without case and punctuation, as it is known here. */
export function squeeze(name: string): string {
  const small = name.toLowerCase();
  const squeezed = small.replace(/[^a-z0-9]/g, "");
  if (squeezed.length === name.length) return squeezed;
  return TRANSLATED.get(small.trim().replace(/\s+/g, "_")) ?? squeezed;
}

function labelRole(name: string): Role | null {
  if (!name.includes(".")) return null;
  const parts = name.split(".");
  for (let i = 1; i < parts.length; i += 1) {
    if (!LABELS_IN.test(parts[i - 1] as string)) continue;
    const role = LABEL_ROLES.get(squeeze(parts.slice(i).join("")));
    if (role !== undefined) return role;
  }
  return null;
}

function decide(name: string): Role {
  const whole = squeeze(name);
  const last = squeeze(lastPart(name));
  const time = TIMES.indexOf(whole);
  if (time >= 0) return { name: "time", rank: time };
  const lastTime = name.includes(".") ? TIMES.indexOf(last) : -1;
  if (lastTime >= 0 && lastTime < 4) return { name: "time", rank: 100 + lastTime + whole.length };
  if (whole === "day") return { name: "day", rank: 0 };
  const writer = NAME_ROLES.get(whole) ?? labelRole(name);
  if (writer !== undefined && writer !== null) return writer;
  if (whole.endsWith("servicename") && !/peer|target|remote|upstream|downstream|callee|dest|rpc/.test(whole)) {
    return { name: "service", rank: 50 };
  }
  if (whole === "traceparent") return { name: "trace", rank: 50 };
  if (whole.endsWith("traceid") && !whole.endsWith("parenttraceid")) return { name: "trace", rank: whole.length };
  if (whole === "logginggoogleapiscomtrace") return { name: "trace", rank: 60 };
  if (whole.endsWith("spanid") && !whole.includes("parent")) return { name: "span", rank: whole.length };
  return { name: TEXTS.has(last) ? "text" : "other", rank: 0 };
}

const known = new Map<string, Role>();

/** The role of a field, by its dotted name. Remembered for the next record, because loggers repeat their names. */
export function roleOf(name: string): Role {
  let role = known.get(name);
  if (role === undefined) {
    role = decide(name);
    if (known.size < 4096 && name.length < 256) known.set(name, role);
  }
  return role;
}

/** True for a field that says when, or whose a record is. */
export function tellsWhenOrWhose(name: string): boolean {
  const { name: role } = roleOf(name);
  return role !== "other" && role !== "text";
}

/** Reads a trace id: 16 or 32 hex digits, dashes allowed, also inside a `traceparent` or a cloud's resource name. Null for anything else. */
export function parseTraceId(text: string): string | null {
  const parent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/i.exec(text);
  const bare = parent?.[1] ?? /(?:^|\/traces\/)([0-9a-f-]{16,36})$/i.exec(text)?.[1];
  const id = bare?.replaceAll("-", "").toLowerCase();
  return id === undefined || (id.length !== 32 && id.length !== 16) || /^0+$/.test(id) ? null : id;
}

/** Reads a span id: 16 hex digits. Null for anything else, and for the id that means none. */
export function parseSpanId(text: string): string | null {
  const id = text.toLowerCase();
  return /^[0-9a-f]{16}$/.test(id) && id !== "0000000000000000" ? id : null;
}
