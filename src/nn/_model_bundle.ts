import type { MimeBundle } from "../base/display.ts";
import { type Html, html } from "../base/html.ts";
import { grouped } from "../base/table.ts";
import type { Module } from "./module.ts";

/** How a notebook shows a model: its layers and their parameters as a table. */
export function modelBundle(model: Module): MimeBundle {
  return { "text/plain": String(model), "text/html": layerTable(model).text };
}

function layerTable(model: Module): Html {
  const rows = Array.from(model.namedModules(), ([name, module]) => {
    const isContainer = module.children().length > 0;
    const type = isContainer ? module.constructor.name : String(module);
    const count = ownParameters(module);
    return html`
      <tr>
        <td style="text-align:left">${name}</td>
        <td style="text-align:left"><code>${type}</code></td>
        <td>${count === 0 ? "" : grouped(count)}</td>
      </tr>
    `;
  });
  const all = model.parameters().reduce(
    (sum, { shape }) => sum + sizeOf(shape),
    0,
  );
  return html`
    <table>
      <thead>
        <tr>
          <th scope="col">name</th>
          <th scope="col">layer</th>
          <th scope="col">parameters</th>
        </tr>
      </thead>
      <tbody>${rows}</tbody>
      <tfoot>
        <tr>
          <th scope="row" colspan="2">all</th>
          <td>${grouped(all)}</td>
        </tr>
      </tfoot>
    </table>
  `;
}

/** Elements of the parameters that a module has itself, not in its parts. */
function ownParameters(module: Module): number {
  return Array.from(module.namedParameters()).reduce(
    (sum, [name, { shape }]) => name.includes(".") ? sum : sum + sizeOf(shape),
    0,
  );
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((all, size) => all * size, 1);
}
