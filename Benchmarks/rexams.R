# Seconds that R/exams takes for papers of six of its own exercises with solutions.
# usage: Rscript rexams.R html|moodle|pdf PAPERS
arguments <- commandArgs(trailingOnly = TRUE)
suppressPackageStartupMessages(library(exams))
exercises <- c("deriv.Rnw", "tstat.Rnw", "ttest.Rnw", "fourfold.Rnw", "dist.Rnw", "currency8.Rnw")
count <- as.integer(arguments[2])
folder <- tempfile("papers")
dir.create(folder)
set.seed(1)
write <- switch(arguments[1],
  html = function(n) exams2html(exercises, n = n, dir = folder, converter = "pandoc-mathml"),
  moodle = function(n) exams2moodle(exercises, n = n, dir = folder),
  pdf = function(n) exams2pdf(exercises, n = n, dir = folder, template = "solution"))
took <- system.time(capture.output(suppressMessages(write(count))))
cat(took[["elapsed"]], "\n")
