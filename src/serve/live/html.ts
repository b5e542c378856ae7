/** Lines of other trainings that can be drawn at a time. */
export const mostRuns = 4;

function chart(id: string, title: string): string {
  return `<section aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    <svg id="${id}" tabindex="0" role="img" aria-label="${title} over the epochs"
      aria-describedby="keys ${id}-values"></svg>
    <p><output id="${id}-values">–</output></p>
  </section>`;
}

/** The page of a training that runs; what it loads is the training's own. */
export const liveHtml = `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Training</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="view.css">
  <script type="module" src="view.js"></script>
</head>
<body>
<main>
  <h1 id="title">Training</h1>
  <p id="status" role="status">Connecting…</p>
  <progress id="progress" max="1" value="0" aria-label="Steps done"></progress>
  <p id="numbers">–</p>
  <p class="controls">
    <button id="stop" type="button" disabled>Stop</button>
    <button id="save" type="button" disabled>Save</button>
    <label for="smoothing">Smoothing</label>
    <input id="smoothing" type="range" min="0" max="0.99" step="0.01" value="0.9">
    <output id="weight" for="smoothing">0.90</output>
  </p>
  <p>Stop finishes the step and writes the checkpoint, as Ctrl-C does; Save
    writes the checkpoint, and the training goes on.</p>
  <div class="columns">
    ${chart("loss", "Loss")}
    ${chart("accuracy", "Accuracy")}
  </div>
  <p id="keys">Thin: each step; thick: smoothed; dashed, with points: after each
    epoch on the rows to measure with. Point at a curve, or move along it with the
    arrow keys, to read its values.</p>
  <section id="runs" aria-labelledby="runs-title" hidden>
    <h2 id="runs-title">Beside it</h2>
    <p>Up to ${mostRuns} trainings of this folder; their points are epochs.</p>
    <div class="scroll"><table>
      <thead><tr><th scope="col">training</th><th scope="col">val_acc</th>
        <th scope="col">val_loss</th><th scope="col">epochs</th>
        <th scope="col">lr</th><th scope="col">batch</th></tr></thead>
      <tbody id="others"></tbody>
    </table></div>
  </section>
  <section aria-labelledby="facts-title">
    <h2 id="facts-title">This training</h2>
    <dl id="facts"></dl>
  </section>
</main>
</body>
</html>
`;
