/** One metric of a text file, and its samples by their labels as they are written. */
export interface Metric {
  readonly type: string;
  readonly help: string;
  readonly samples: Map<string, number>;
}

const HELP = /^# HELP ([a-z_][a-z0-9_]*) (\S.*)$/;
const TYPE = /^# TYPE ([a-z_][a-z0-9_]*) (counter|gauge|histogram|summary|untyped)$/;
const LABEL = String.raw`[a-z_][a-z0-9_]*="(?:[^"\\\n]|\\["\\n])*"`;
const SAMPLE = new RegExp(
  String.raw`^([a-z_][a-z0-9_]*)(?:\{(${LABEL}(?:,${LABEL})*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$`,
);

/**
 * Reads the Prometheus text format as strictly as node_exporter does: help and type before the samples of a metric,
 * each metric in one piece, each sample once, no time of its own, a line feed at the end.
 */
export function parseExposition(text: string): Map<string, Metric> {
  if (!text.endsWith('\n')) throw new SyntaxError('the last line has no end');
  const metrics = new Map<string, Metric>();
  let help: { name: string; words: string } | null = null;
  let open: { name: string; metric: Metric } | null = null;
  for (const [index, line] of text.slice(0, -1).split('\n').entries()) {
    if (line === '') continue;
    const wrong = (what: string) => new SyntaxError(`line ${String(index + 1)}: ${what}: ${line}`);
    const [, helped, words = ''] = HELP.exec(line) ?? [];
    if (helped !== undefined) {
      if (metrics.has(helped)) throw wrong('a metric twice');
      help = { name: helped, words };
      continue;
    }
    const [, typed, type = ''] = TYPE.exec(line) ?? [];
    if (typed !== undefined) {
      if (help?.name !== typed) throw wrong('a type without its help');
      open = { name: typed, metric: { type, help: help.words, samples: new Map() } };
      metrics.set(typed, open.metric);
      help = null;
      continue;
    }
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
    if (name === undefined) throw wrong('neither comment nor sample');
    if (open?.name !== name) throw wrong('a sample outside its metric');
    if (open.metric.samples.has(labels)) throw wrong('a sample twice');
    open.metric.samples.set(labels, Number(value));
  }
  return metrics;
}
