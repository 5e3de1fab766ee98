/** Charts as SVG, drawn by ECharts. It needs no browser for that. */
import * as echarts from "echarts";
import { escaped } from "./html";

export type Chart = echarts.EChartsOption;

/** Size of a chart, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Draws a chart.
 * @param title name of the picture for a screen reader, and when a pointer rests on it. Default: it has none
 */
export function svg(chart: Chart, { width, height }: Size, title?: string): string {
  const drawn = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  drawn.setOption({ animation: false, ...chart });
  const picture = drawn.renderToSVGString();
  drawn.dispose();
  return title === undefined
    ? picture
    : picture.replace(/^<svg ([^>]*)>/, (_, attributes: string) => {
        const name = escaped(title);
        return `<svg role="img" aria-label="${name}" ${attributes}><title>${name}</title>`;
      });
}
