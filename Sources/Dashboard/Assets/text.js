// What the page says, in English and Portuguese, and how it writes numbers and times.

const texts = {
  en: {
    skip: "Skip to content", pages: "Pages", chargePoints: "Charge points", sessions: "Sessions",
    consumption: "Consumption", live: "live", connecting: "connecting…", noPage: "no connection to ocppctl dashboard; trying again",
    notLive: "not live", noServer: "no server listens on {path}", serverEnded: "the server has ended", fromDojot: "from DOJOT", online: "Online", offline: "Offline", charging: "Charging", faulted: "Faulted",
    power: "Power", energy: "Energy", energySoFar: "Energy so far", powerOfAll: "Power of all running sessions",
    energyOfAll: "Energy of all running sessions so far", running: "Running sessions", chargePoint: "Charge point",
    connector: "Connector", connectors: "Connectors", idTag: "idTag", since: "Since", state: "State", device: "Device",
    noneRunning: "Nothing charges now.", noChargePoints: "No charge point is known yet.", search: "Search", show: "Show",
    all: "all", previous: "Back", next: "Next", range: "{from} to {to} of {of}", onlineSince: "online since {time}",
    offlineSince: "offline since {time}", neverOnline: "offline", status: "Status", error: "Error", transaction: "Transaction",
    vendor: "Vendor", model: "Model", firmware: "Firmware", serialNumber: "Serial number", registration: "Registration",
    lastBoot: "Last boot", address: "Address", lastSample: "Last sample", commands: "Commands", command: "Command",
    start: "Start charging", stop: "Stop charging", unlock: "Unlock the connector", resetSoft: "Reset (soft)",
    resetHard: "Reset (hard)", send: "Send", sending: "{command}: sent, waiting for the answer…",
    outcome: "{command}: {outcome}", accepted: "accepted", refused: "refused ({status})", answeredError: "error {status}",
    timeout: "no answer in time", notConnected: "not sent, the charge point is not connected",
    unknown: "sent, and the connection ended before an answer", anyConnector: "any", noTransaction: "no transaction runs",
    idTagNeeded: "an idTag is needed", failed: "that did not work: {reason}", findings: "Findings",
    noFindings: "Nothing is odd about the last frames.", severity: "Severity", finding: "Finding", count: "Times",
    last: "Last", frames: "Last frames", noFrames: "No frame is kept.", framesOff: "DOJOT keeps no frames.", time: "Time",
    direction: "Direction", fromChargePoint: "from the charge point", toChargePoint: "to the charge point",
    message: "Message", violations: "Violations", onlyViolations: "Only with violations", raw: "Text", unreadable: "unreadable",
    unknownChargePoint: "Nothing is known of this charge point.", backToAll: "All charge points",
    from: "From", to: "To", stopped: "Stop", started: "Start", duration: "Duration", maxPower: "Highest power", reason: "Reason",
    flags: "Flags", download: "Download as CSV", more: "Show more", noSessions: "No session matches.",
    patternHelp: "* stands for any text", by: "By", day: "day", sumSessions: "Sessions", total: "Total", noneConsumed: "No session matches.",
    unknownKey: "unknown", zone: "Days are those of {zone}.", noSamples: "No samples yet.", chartNow: "{label}: {value} now, between {low} and {high}",
    refreshed: "Times are those of {zone}.",
  },
  pt: {
    skip: "Ir para o conteúdo", pages: "Páginas", chargePoints: "Pontos de recarga", sessions: "Sessões",
    consumption: "Consumo", live: "ao vivo", connecting: "conectando…", noPage: "sem conexão com ocppctl dashboard; tentando de novo",
    notLive: "não é ao vivo", noServer: "nenhum servidor escuta em {path}", serverEnded: "o servidor terminou", fromDojot: "da DOJOT", online: "Conectados", offline: "Desconectados", charging: "Carregando", faulted: "Com falha",
    power: "Potência", energy: "Energia", energySoFar: "Energia até agora", powerOfAll: "Potência de todas as sessões em curso",
    energyOfAll: "Energia de todas as sessões em curso até agora", running: "Sessões em curso", chargePoint: "Ponto de recarga",
    connector: "Conector", connectors: "Conectores", idTag: "idTag", since: "Desde", state: "Estado", device: "Equipamento",
    noneRunning: "Nada está carregando agora.", noChargePoints: "Ainda não se conhece nenhum ponto de recarga.", search: "Buscar", show: "Mostrar",
    all: "todos", previous: "Anterior", next: "Próxima", range: "{from} a {to} de {of}", onlineSince: "conectado desde {time}",
    offlineSince: "desconectado desde {time}", neverOnline: "desconectado", status: "Estado", error: "Erro", transaction: "Transação",
    vendor: "Fabricante", model: "Modelo", firmware: "Firmware", serialNumber: "Número de série", registration: "Registro",
    lastBoot: "Última inicialização", address: "Endereço", lastSample: "Última medição", commands: "Comandos", command: "Comando",
    start: "Iniciar a recarga", stop: "Parar a recarga", unlock: "Destravar o conector", resetSoft: "Reiniciar (soft)",
    resetHard: "Reiniciar (hard)", send: "Enviar", sending: "{command}: enviado, aguardando a resposta…",
    outcome: "{command}: {outcome}", accepted: "aceito", refused: "recusado ({status})", answeredError: "erro {status}",
    timeout: "sem resposta a tempo", notConnected: "não enviado, o ponto de recarga não está conectado",
    unknown: "enviado, e a conexão terminou antes da resposta", anyConnector: "qualquer", noTransaction: "nenhuma transação em curso",
    idTagNeeded: "falta uma idTag", failed: "não funcionou: {reason}", findings: "Achados",
    noFindings: "Nada de estranho nas últimas mensagens.", severity: "Gravidade", finding: "Achado", count: "Vezes",
    last: "Último", frames: "Últimas mensagens", noFrames: "Nenhuma mensagem está guardada.", framesOff: "A DOJOT não guarda mensagens.", time: "Hora",
    direction: "Sentido", fromChargePoint: "do ponto de recarga", toChargePoint: "para o ponto de recarga",
    message: "Mensagem", violations: "Violações", onlyViolations: "Só com violações", raw: "Texto", unreadable: "ilegível",
    unknownChargePoint: "Nada se sabe deste ponto de recarga.", backToAll: "Todos os pontos de recarga",
    from: "De", to: "Até", stopped: "Fim", started: "Início", duration: "Duração", maxPower: "Maior potência", reason: "Motivo",
    flags: "Marcas", download: "Baixar em CSV", more: "Mostrar mais", noSessions: "Nenhuma sessão corresponde.",
    patternHelp: "* vale por qualquer texto", by: "Por", day: "dia", sumSessions: "Sessões", total: "Total", noneConsumed: "Nenhuma sessão corresponde.",
    unknownKey: "desconhecido", zone: "Os dias são os de {zone}.", noSamples: "Ainda sem medições.", chartNow: "{label}: {value} agora, entre {low} e {high}",
    refreshed: "Os horários são os de {zone}.",
  },
};

const wanted = (navigator.languages ?? [navigator.language]).map((tag) => tag.toLowerCase());
const chosen = wanted.find((tag) => tag.startsWith("pt") || tag.startsWith("en")) ?? "en";
export const language = chosen.startsWith("pt") ? "pt" : "en";
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const locale = language === "pt" && !chosen.startsWith("pt-") ? "pt-BR" : chosen;

/** A text in the browser's language; `{name}` stands for a value. */
export function text(key, values = {}) {
  return texts[language][key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

const timeFormat = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "medium" });
const clockFormat = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
const numberFormat = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });

/** A time for people; of today without its date. */
export function time(value) {
  if (!value) return "";
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return String(value);
  return date.toDateString() === new Date().toDateString() ? clockFormat.format(date) : timeFormat.format(date);
}

export const number = (value) => (value === null || value === undefined ? "" : numberFormat.format(value));
export const kilowatts = (watts) => (watts === null || watts === undefined ? "" : `${number(watts / 1000)} kW`);
export const kilowattHours = (wattHours) =>
  wattHours === null || wattHours === undefined ? "" : `${number(wattHours / 1000)} kWh`;

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const [sign, all] = [seconds < 0 ? "−" : "", Math.abs(seconds)];
  const two = (value) => String(value).padStart(2, "0");
  return `${sign}${Math.floor(all / 3600)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
}
