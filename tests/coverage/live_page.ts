/** The program of the live view, which serves its functions without a bundler. */
import { mostRuns } from "../../src/serve/live/html.ts";
import { startLiveView } from "../../src/serve/live/page.ts";

startLiveView(mostRuns);
