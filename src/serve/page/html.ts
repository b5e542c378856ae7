/** The page; what it loads is the server's own. */
export const pageHtml = `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="description" content="Draw a digit, and see what the network sees.">
  <title>Draw a digit</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="page.css">
  <script type="module" src="page.js"></script>
</head>
<body>
<main>
  <h1>Draw a digit</h1>
  <p id="status" role="status">Loading the network…</p>
  <div class="columns">
    <section aria-labelledby="drawing-title">
      <h2 id="drawing-title">Your drawing</h2>
      <div class="paper">
        <canvas id="paper" width="560" height="560" tabindex="0"
          role="application" aria-label="Paper" aria-describedby="keys"></canvas>
        <div id="pen" hidden></div>
      </div>
      <p id="keys">By mouse, pen or finger; or by keys: arrows move the pen,
        Space sets it down and lifts it, Delete clears.</p>
      <button id="clear" type="button">Clear</button>
    </section>
    <section id="result" aria-labelledby="digit-title">
      <h2 id="digit-title">It is: <output id="digit" for="paper">–</output></h2>
      <table>
        <caption>The probability of each digit</caption>
        <tbody id="bars"></tbody>
      </table>
    </section>
    <section aria-labelledby="seen-title">
      <h2 id="seen-title">What the network sees</h2>
      <canvas id="seen" width="28" height="28" role="img"
        aria-label="The drawing, 28 by 28 pixels"></canvas>
    </section>
  </div>
  <section id="samples" aria-labelledby="samples-title" hidden>
    <h2 id="samples-title">Test images</h2>
    <div id="images"></div>
  </section>
  <section id="training" aria-labelledby="training-title" hidden>
    <h2 id="training-title">Train it here</h2>
    <p>A network of the same kind starts from nothing and learns in this page;
      what is drawn above is seen by it meanwhile.</p>
    <button id="start" type="button">Start</button>
    <button id="pause" type="button" disabled>Pause</button>
    <button id="stop" type="button" disabled>Stop</button>
    <p><output id="step">not started</output>,
      <b class="loss">loss</b> <output id="loss">–</output>,
      <b class="accuracy">accuracy</b> <output id="accuracy">–</output></p>
    <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img"
      aria-label="Loss and accuracy over the steps; the numbers are above">
      <polyline id="loss-curve" class="loss" points=""></polyline>
      <polyline id="accuracy-curve" class="accuracy" points=""></polyline>
    </svg>
  </section>
  <p>
    <label for="device">Run it on</label>
    <select id="device">
      <option value="auto">a GPU if there is one, else the CPU</option>
      <option value="webgpu">WebGPU</option>
      <option value="cpu">the CPU</option>
    </select>
  </p>
</main>
</body>
</html>
`;
