/** What of an OpenAPI document a reader looks for. */
interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly 'x-holdfast-roles': readonly string[];
  readonly 'x-holdfast-four-eyes'?: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: object;
  }[];
  readonly requestBody?: { readonly description?: string; readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content }>
  >;
}

type Content = Readonly<Record<string, { readonly schema: object }>>;

interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** The contract as one page of HTML, without a script: every address, who may use it, what it takes and answers. */
export function referenceHtml(document: object): string {
  const { info, paths, components } = document as Document;
  const groups = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const [group = ''] = operation.tags;
      groups.set(group, [...(groups.get(group) ?? []), operationHtml(method, path, operation)]);
    }
  }
  const links = [...groups.keys()].map(
    (group) => `<li><a href="#${slug(group)}">${text(group)}</a></li>`,
  );
  const sections = [...groups].map(
    ([group, operations]) =>
      `<section id="${slug(group)}"><h2>${text(group)}</h2>${operations.join('')}</section>`,
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${text(name)}"><summary>${text(name)}</summary>${code(schema)}</details>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(info.title)} ${text(info.version)}: HTTP reference</title><link rel="stylesheet" href="/reference.css"></head>
<body><header><h1>${text(info.title)} <small>${text(info.version)}</small></h1><p>${text(info.description)}</p>
<p>For programs: <a href="/openapi.json">openapi.json</a></p></header>
<nav aria-label="Groups"><ul>${links.join('')}<li><a href="#schemas">Schemas</a></li></ul></nav>
<main>${sections.join('')}<section id="schemas"><h2>Schemas</h2>${schemas.join('')}</section></main></body></html>
`;
}

function operationHtml(method: string, path: string, operation: Operation): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const roles = operation['x-holdfast-roles'].join(', ');
  const fourEyes =
    operation['x-holdfast-four-eyes'] === undefined
      ? ''
      : ' A second administrator may have to approve it.';
  const rows = parameters.map(
    ({ name, in: place, required, schema }) =>
      `<tr><td><code>${text(name)}</code></td><td>${text(place)}${required ? ', required' : ''}</td><td>${code(schema)}</td></tr>`,
  );
  const answers = Object.entries(responses).map(
    ([status, answer]) =>
      `<tr><td>${text(status)}</td><td>${text(answer.description)}</td><td>${contentHtml(answer.content)}</td></tr>`,
  );
  const body =
    requestBody === undefined
      ? ''
      : `<h4>Body</h4><p>${text(requestBody.description ?? '')}</p>${contentHtml(requestBody.content)}`;
  return `<article id="${text(operationId)}"><h3><span class="method ${method}">${method.toUpperCase()}</span> <code>${text(path)}</code></h3>
<p>${text(summary)}. ${text(description ?? '')}</p><p class="roles">For: ${text(roles)}.${fourEyes}</p>
<details><summary>What it takes and answers</summary>${
    rows.length === 0 ? '' : `<h4>Parameters</h4><table>${rows.join('')}</table>`
  }${body}<h4>Answers</h4><table>${answers.join('')}</table></details></article>`;
}

function contentHtml(content: Content | undefined): string {
  return Object.entries(content ?? {})
    .map(([type, { schema }]) => `<p><code>${text(type)}</code></p>${code(schema)}`)
    .join('');
}

function code(schema: object): string {
  const { $ref: ref } = schema as { readonly $ref?: string };
  const name = ref?.split('/').at(-1);
  if (name !== undefined) return `<a href="#schema-${text(name)}">${text(name)}</a>`;
  return Object.keys(schema).length === 0
    ? ''
    : `<pre>${text(JSON.stringify(schema, null, 2))}</pre>`;
}

function slug(group: string): string {
  return group.toLowerCase().replaceAll(/[^a-z]+/g, '-');
}

function text(plain: string): string {
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

export const REFERENCE_CSS = `:root{color-scheme:light dark;--line:light-dark(#d8dee4,#30363d);--soft:light-dark(#57606a,#9198a1);--back:light-dark(#f6f8fa,#151b23)}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1rem 1.5rem 4rem;font:16px/1.5 system-ui,sans-serif;color:light-dark(#1f2328,#e6edf3);background:light-dark(#fff,#0d1117)}
h1 small,.roles{color:var(--soft);font-weight:normal}
a{color:light-dark(#0550ae,#79c0ff)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:.5rem 0;border-block:1px solid var(--line)}
article{border:1px solid var(--line);border-radius:.5rem;padding:.25rem 1rem 1rem;margin:1rem 0}
h3{margin:.75rem 0 0;font-size:1.05rem}
h4{margin:1rem 0 .25rem}
article p{margin:.25rem 0}
.method{display:inline-block;min-width:4.5rem;text-align:center;border-radius:.25rem;padding:0 .5rem;font:600 .85rem/1.6 ui-monospace,monospace;color:#fff;background:#57606a}
.get{background:#0550ae}.post{background:#116329}.put,.patch{background:#7d4e00}.delete{background:#a40e26}
table{border-collapse:collapse;width:100%}
td{border-top:1px solid var(--line);padding:.35rem .5rem .35rem 0;vertical-align:top}
pre{background:var(--back);border-radius:.35rem;margin:0;padding:.5rem;max-height:24rem;overflow:auto;font-size:.85rem}
summary{cursor:pointer;color:var(--soft)}
`;
