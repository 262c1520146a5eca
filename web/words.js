// The product's words for people, and its numbers and times.

export const PHASES = {
  Open: "Looking into it", AwaitingApproval: "Waits for you",
  Executing: "Acting", Verifying: "Checking", Mitigated: "Healed",
  Dismissed: "False alarm", Escalated: "Needs a person",
  Cancelled: "Cancelled",
};
export const NOW = ["Open", "AwaitingApproval", "Executing", "Verifying"];
export const PAST = ["Mitigated", "Dismissed", "Escalated", "Cancelled"];

export const TYPES = {
  crash_loop: "Crash loop", oom_killed: "Out of memory",
  cpu_throttling: "CPU throttling", memory_leak: "Memory leak",
  disk_pressure: "Disk pressure", node_pressure: "Node pressure",
  network_latency: "Network latency",
  connection_pool_exhaustion: "Connection pool exhausted",
  certificate_expiry: "Certificate expiry", config_drift: "Config drift",
};

/** "rolling_restart" -> "Rolling restart". */
export function sentence(name) {
  const text = String(name).replaceAll("_", " ").replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const typeName = (type) => TYPES[type] || sentence(type);
export const targetName = (target) => target.namespace
  ? `${target.namespace}/${target.name}` : target.name;

/** 90 -> "1 min 30 s"; the two largest units. */
export function duration(seconds) {
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  let left = Math.max(0, Math.round(seconds));
  const parts = [];
  for (const [name, size] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${name}`);
    else if (parts.length > 0) break;
  }
  return parts.join(" ") || "0 s";
}

/** The age of an instant in its largest unit: "3 min ago". */
export function ago(iso, now = Date.now()) {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (seconds < 5) return "just now";
  return duration(seconds).split(" ").slice(0, 2).join(" ") + " ago";
}

const CLOCK = new Intl.DateTimeFormat(undefined,
  {hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false});
const DAY = new Intl.DateTimeFormat(undefined,
  {year: "numeric", month: "short", day: "numeric"});

export const clock = (when) => CLOCK.format(new Date(when));
export function moment(iso) {
  const at = new Date(iso);
  const day = DAY.format(at);
  return (day === DAY.format(new Date()) ? "" : day + ", ") + CLOCK.format(at);
}

/** A measured value in its unit: 1572864 bytes -> "1.5 MiB". */
export function quantity(value, unit) {
  if (value === null || value === undefined) return "–";
  if (unit !== "bytes") return rounded(value) + (unit ? " " + unit : "");
  const names = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = value;
  let i = 0;
  for (; Math.abs(size) >= 1024 && i < names.length - 1; ++i) size /= 1024;
  return `${rounded(size)} ${names[i]}`;
}

function rounded(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3;
  return String(Number(value.toFixed(digits)));
}

export const percent = (share) => Math.round(share * 100) + " %";
