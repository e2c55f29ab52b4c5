// The program that age, and others that speak its plugin protocol, start for a key on a token. Like holdfast.ts
// it is built to parse in every Node that knows ES modules, and loads nothing before it has to.
const NEEDED = 24;
const MACHINE = '--age-plugin=';

const ABOUT = `age-plugin-holdfast opens age files with keys on hardware tokens. age starts it itself when it is in
the PATH, for identities AGE-PLUGIN-HOLDFAST-1… and recipients age1holdfast1…; under the name
age-plugin-tag also for recipients age1tag1…. The lines come from: holdfast token identity,
holdfast token recipient.
`;

/** Says why it cannot begin, also to age, which shows nobody what a plugin prints on standard error. */
function refuse(message: string): void {
  process.stderr.write(`error: ${message}\n`);
  const text = Buffer.from(message).toString('base64').replace(/=+$/, '');
  process.stdout.write(`-> error internal\n${text.replace(/.{64}/g, '$&\n')}\n`);
  // Until age, which speaks first and answers, has left.
  process.stdin.resume();
  process.exitCode = 69;
}

async function start(machine: string): Promise<void> {
  try {
    const { runPlugin } = await import('./plugin/run-plugin.ts');
    process.exitCode = await runPlugin(machine);
  } catch (cause) {
    refuse(`Holdfast failed: ${String(cause)}`);
  }
}

const argument = process.argv.slice(2).find((word) => word.startsWith(MACHINE));

if (argument === undefined) {
  process.stderr.write(ABOUT);
  process.exitCode = 2;
} else if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  refuse(`Holdfast needs Node ${NEEDED} or later; this is ${process.version}`);
} else {
  void start(argument.slice(MACHINE.length));
}
