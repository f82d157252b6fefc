/* Line charts of the mail group as SVG, readable on light and on dark pages. */
#define _GNU_SOURCE
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { width = 720, height = 420, left = 70, right = 140, top = 56, bottom = 50 };

struct chart {
    const char *file, *title, *unit;
    const char *const *categories;
    int category_count;
    const char *const *series;
    int series_count;
    double (*value)(int series, int category);
    /* A line across, where there is a limit to keep; 0: none. */
    double limit;
};

static const char style[] =
    "<style>\n"
    "text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-size: 16px; font-weight: 600 }\n"
    ".grid { stroke: #d0d7de } .limit { stroke: #cf222e; stroke-dasharray: 6 4 } .line { fill: none; stroke-width: 2.5 }\n"
    ".s0 { stroke: #d1480b } .s1 { stroke: #0969da } .s2 { stroke: #1a7f37 } .s3 { stroke: #6e7781 }\n"
    "text.s0 { fill: #d1480b; stroke: none } text.s1 { fill: #0969da; stroke: none }\n"
    "text.s2 { fill: #1a7f37; stroke: none } text.s3 { fill: #6e7781; stroke: none }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "text { fill: #e6edf3 } .grid { stroke: #3d444d } .limit { stroke: #f85149 }\n"
    ".s0 { stroke: #ff9a5c } .s1 { stroke: #58a6ff } .s2 { stroke: #56d364 } .s3 { stroke: #9198a1 }\n"
    "text.s0 { fill: #ff9a5c } text.s1 { fill: #58a6ff } text.s2 { fill: #56d364 } text.s3 { fill: #9198a1 }\n"
    "}\n"
    "</style>\n";

static double bottom_exponent, top_exponent;

static double y_of(double value)
{
    double share = (log10(value) - bottom_exponent) / (top_exponent - bottom_exponent);
    return height - bottom - share * (height - top - bottom);
}

static double x_of(const struct chart *chart, int category)
{
    return left + 20 + category * (double)(width - left - right - 40) / (chart->category_count - 1);
}

static void set_range(const struct chart *chart)
{
    double least = INFINITY, most = -INFINITY;
    for (int series = 0; series < chart->series_count; series++)
        for (int category = 0; category < chart->category_count; category++) {
            double value = chart->value(series, category);
            if (value <= 0)
                continue;
            least = fmin(least, value);
            most = fmax(most, value);
        }
    if (chart->limit > 0)
        most = fmax(most, chart->limit);
    bottom_exponent = floor(log10(least) * 4) / 4;
    top_exponent = ceil(log10(most) * 4) / 4;
    if (top_exponent - bottom_exponent < 0.5)
        top_exponent = bottom_exponent + 0.5;
}

static void draw_grid(FILE *file, const struct chart *chart)
{
    static const double steps[] = {1, 2, 5};
    for (int exponent = -3; exponent < 7; exponent++)
        for (int i = 0; i < 3; i++) {
            double value = steps[i] * pow(10, exponent);
            if (log10(value) < bottom_exponent - 1e-9 || log10(value) > top_exponent + 1e-9)
                continue;
            fprintf(file, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", left, width - right,
                    y_of(value), y_of(value));
            fprintf(file, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n", left - 8, y_of(value) + 4, value);
        }
    for (int category = 0; category < chart->category_count; category++)
        fprintf(file, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", x_of(chart, category),
                height - bottom + 22, chart->categories[category]);
    if (chart->limit > 0)
        fprintf(file, "<line class=\"limit\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n", left, width - right,
                y_of(chart->limit), y_of(chart->limit));
}

static void draw_series(FILE *file, const struct chart *chart)
{
    /* The names at the ends of the lines, pushed apart where they would lie on each other. */
    double taken[8];
    int taken_count = 0;
    for (int series = 0; series < chart->series_count; series++) {
        double last = 0;
        fprintf(file, "<polyline class=\"line s%d\" points=\"", series);
        for (int category = 0; category < chart->category_count; category++) {
            double value = chart->value(series, category);
            if (value <= 0)
                continue;
            last = y_of(value);
            fprintf(file, "%.1f,%.1f ", x_of(chart, category), last);
        }
        fputs("\"/>\n", file);
        double label = last;
        for (int i = 0; i < taken_count; i++)
            if (fabs(taken[i] - label) < 16) {
                label = taken[i] + 16;
                i = -1;
            }
        taken[taken_count++] = label;
        fprintf(file, "<text class=\"s%d\" x=\"%d\" y=\"%.1f\">%s</text>\n", series, width - right + 6, label + 4,
                chart->series[series]);
    }
}

static void draw(const char *directory, const struct chart *chart)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.svg", directory, chart->file);
    FILE *file = fopen(path, "we");
    if (!file) {
        perror(path);
        exit(1);
    }
    set_range(chart);
    fprintf(file, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">\n<title>%s</title>\n%s",
            width, height, chart->title, style);
    fprintf(file, "<text class=\"title\" x=\"%d\" y=\"24\">%s</text>\n<text x=\"%d\" y=\"44\">%s</text>\n", left,
            chart->title, left, chart->unit);
    draw_grid(file, chart);
    draw_series(file, chart);
    fputs("</svg>\n", file);
    fclose(file);
}

static const char *const contenders[] = {"simscan", "floor", "floor+gmime", "classic"};
static const char *const names[] = {"simscan", "C", "C with GMime", "classic"};
static const char *const size_labels[] = {"2 kB", "30 kB", "1 MB", "10 MB", "25 MB"};
static const long size_bytes[] = {2000, 30000, 1000000, 10000000, 25000000};
static const char *const concurrency_labels[] = {"1", "2", "8", "32"};
static const int concurrency_values[] = {1, 2, 8, 32};
static const char *const ratio_names[] = {"wall / C", "CPU / C"};

static const struct row *by_size(int series, int category)
{
    return find_row("mail", size_bytes[category], 1, contenders[series]);
}

static double wall(int series, int category)
{
    const struct row *row = by_size(series, category);
    return row ? row->wall_p50_us / 1e3 : 0;
}

static double cpu(int series, int category)
{
    const struct row *row = by_size(series, category);
    return row ? row->cpu_us / 1e3 : 0;
}

static double memory(int series, int category)
{
    const struct row *row = by_size(series, category);
    return row ? (double)row->anonymous_kb / 1024 : 0;
}

static double ratio(int series, int category)
{
    const struct row *row = by_size(1, category);
    return !row ? 0 : series == 0 ? row->wall_ratio : row->cpu_ratio;
}

static double crowded(int series, int category)
{
    const struct row *row = find_row("mail", 30000, concurrency_values[category], contenders[series]);
    return row ? row->cpu_us / 1e3 : 0;
}

void write_plots(const char *directory)
{
    const struct chart charts[] = {
        {"wall", "Time for a message", "milliseconds, median, scanners that answer at once", size_labels, 5, names, 4,
         wall, 0},
        {"cpu", "CPU for a message", "milliseconds, with all child programs", size_labels, 5, names, 4, cpu, 0},
        {"memory", "Memory of its own", "MiB at the peak, file pages not counted", size_labels, 5, names, 4, memory, 6},
        {"ratio", "simscan beside a C program of the same function", "times its cost, medians of pairs", size_labels, 5,
         ratio_names, 2, ratio, 1.5},
        {"concurrency", "CPU for a message of 30 kB, many at a time", "milliseconds, by messages at a time",
         concurrency_labels, 4, names, 4, crowded, 0},
    };
    for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
        draw(directory, &charts[i]);
}
