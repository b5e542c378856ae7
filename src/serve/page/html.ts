import { pagePolicy } from "../policy.ts";

/** A row for each digit, which the page fills; laid out before its programs run. */
const bars = Array.from(
  { length: 10 },
  (_, digit) =>
    `<tr><th scope="row">${digit}</th>` +
    '<td aria-hidden="true"><div class="bar"></div></td><td>0.00 %</td></tr>',
).join("");

/** The page; what it loads lies beside it, under whatever address. */
export const pageHtml = `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${pagePolicy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="description" content="Draw a digit, see what the network sees, and train it, all in this page.">
  <title>Draw a digit</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="page.css">
  <script type="module" src="page.js"></script>
</head>
<body>
<header>
  <h1>Draw a digit</h1>
  <p id="status" role="status">Loading the network…</p>
</header>
<main>
  <section class="card" aria-labelledby="drawing-title">
    <h2 id="drawing-title">Your drawing</h2>
    <div class="paper">
      <canvas id="paper" width="640" height="480" tabindex="0"
        role="application" aria-label="Paper" aria-describedby="keys"></canvas>
      <div id="boxes" aria-hidden="true"></div>
      <div id="pen" hidden></div>
    </div>
    <div class="buttons">
      <button id="clear" type="button">Clear</button>
      <button id="photo" type="button">Choose a photo…</button>
      <input id="photo-file" type="file" accept="image/*" hidden>
    </div>
    <p id="keys" class="note">By mouse, pen or finger, one digit or several; or
      by keys: arrows move the pen, Space sets it down and lifts it, Delete
      clears. A photo may be dropped or pasted, too.</p>
  </section>
  <section id="result" class="card" aria-labelledby="digit-title">
    <h2 id="digit-title">It is <output id="digit" for="paper">–</output></h2>
    <div id="digits" role="group" aria-label="Digits in the picture" hidden></div>
    <div class="answer">
      <table>
        <caption>The probability of each digit</caption>
        <tbody id="bars">${bars}</tbody>
      </table>
      <div class="pictures">
        <figure>
          <canvas id="seen" width="28" height="28" role="img"
            aria-label="The digit in 28 by 28 pixels"></canvas>
          <figcaption>What the network sees</figcaption>
        </figure>
        <figure>
          <canvas id="saliency" width="28" height="28" role="img"
            aria-label="The pixels that change the score most"></canvas>
          <figcaption>The pixels that mattered</figcaption>
        </figure>
      </div>
    </div>
    <p class="note" id="time"></p>
    <div id="samples" hidden>
      <h3>Test images to look at</h3>
      <div id="images"></div>
    </div>
  </section>
  <section id="inside" class="card wide" aria-labelledby="inside-title" hidden>
    <h2 id="inside-title">After each layer</h2>
    <div id="layers"></div>
  </section>
  <section id="training" class="card wide" aria-labelledby="training-title">
    <h2 id="training-title">Train it here</h2>
    <p class="note">A network starts from nothing and learns in this page; what
      is drawn above is seen by it meanwhile.</p>
    <div class="buttons">
      <label>Network
        <select id="network">
          <option value="cnn">cnn</option>
          <option value="wider-cnn">wider-cnn</option>
          <option value="mlp">mlp</option>
        </select></label>
      <label>Learning rate
        <select id="rate">
          <option>0.1</option><option>0.03</option>
          <option selected>0.01</option><option>0.003</option>
          <option>0.001</option><option>0.0003</option>
        </select></label>
      <label>Batch size
        <select id="batch">
          <option>20</option><option>50</option><option selected>100</option>
          <option>200</option><option>500</option>
        </select></label>
      <button id="start" class="main" type="button" disabled>Start</button>
      <button id="pause" type="button" disabled>Pause</button>
      <button id="step" type="button" disabled>Step</button>
      <button id="stop" type="button" disabled>Stop</button>
      <button id="data" type="button">Images of your own…</button>
      <input id="data-file" type="file" multiple hidden>
    </div>
    <div id="curves" hidden>
      <div class="charts">
        <figure>
          <figcaption>Loss over steps</figcaption>
          <svg id="loss" role="img"
            aria-label="Loss over steps; the last number is in the table"></svg>
        </figure>
        <figure>
          <figcaption>Accuracy over steps, %; points: held out</figcaption>
          <svg id="accuracy" role="img"
            aria-label="Accuracy over steps; the last number is in the table"></svg>
        </figure>
      </div>
      <div class="scroll" tabindex="0" role="region" aria-label="Trainings of this page">
        <table>
          <thead><tr>
            <th scope="col">Training</th><th scope="col">Step</th>
            <th scope="col">Loss</th><th scope="col">Accuracy</th>
            <th scope="col">Held out</th>
          </tr></thead>
          <tbody id="runs"></tbody>
        </table>
      </div>
      <h3>Filters of the first layer</h3>
      <div id="filters" role="img" aria-label="The weights of the first layer"></div>
      <h3>Images that it never learns, and what it sees in them</h3>
      <div id="watched"></div>
    </div>
  </section>
  <section class="card wide" aria-labelledby="network-title">
    <h2 id="network-title">The network</h2>
    <div class="buttons">
      <label for="device">Run it on
        <select id="device">
          <option value="auto">a GPU if there is one, else the CPU</option>
          <option value="webgpu">WebGPU</option>
          <option value="cpu">the CPU</option>
        </select></label>
      <button id="weights" type="button">Weights of your own…</button>
      <input id="weights-file" type="file" accept=".safetensors,.pth,.pt,.npz" hidden>
      <button id="original" type="button">The page’s weights</button>
      <button id="save-safetensors" type="button">Save .safetensors</button>
      <button id="save-pth" type="button">Save .pth</button>
    </div>
    <p class="note">Nothing leaves this page: drawings, photos and weights stay
      in the browser. <a id="licenses" href="licenses.txt">Licenses</a></p>
  </section>
</main>
</body>
</html>
`;
